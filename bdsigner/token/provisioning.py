"""Puts keys and certificates on a *training* token; real tokens are never written to (Đ3.7).

The work is done by a child, because only children load PKCS#11 modules: ``python -m bdsigner.token.provisioner``
reads a ``Provision`` as JSON from stdin and ends with 0, or prints a reason to stderr and ends with 1.
"""

import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass

import msgspec

from bdsigner.errors import ErrorCode, TrainingError

TIMEOUT_SECONDS = 60.0
"""A dozen keys take a tenth of a second; more means that the module hangs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyPair:
    """A private key with its certificate."""

    key_id: str
    """CKA_ID as hex."""
    label: str
    private_key: bytes
    """DER: ``RSAPrivateKey`` (PKCS#1) or ``ECPrivateKey`` (SEC 1)."""
    certificate: bytes
    """DER."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Provision:
    """What goes onto which tokens of one module; all tokens share the training PIN."""

    module_path: str
    pin: str
    tokens: dict[str, tuple[KeyPair, ...]]
    """Key pairs by token label."""


def provision(request: Provision, environment: Mapping[str, str]) -> None:
    """Write the objects in a child with ``environment`` added to ours.

    Raises ``TrainingError`` TRAINING_FAILED with the reason.
    """
    try:
        done = subprocess.run(
            [sys.executable, "-m", "bdsigner.token.provisioner"],
            input=msgspec.json.encode(request),
            env=os.environ | environment,
            capture_output=True,
            timeout=TIMEOUT_SECONDS,
            check=False,
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),  # Windows only: no console beside the window
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise TrainingError(ErrorCode.TRAINING_FAILED, step="provisioning", reason=type(error).__name__) from error
    if done.returncode != 0:
        reason = done.stderr.decode("utf-8", "replace").strip()[-500:]
        raise TrainingError(ErrorCode.TRAINING_FAILED, step="provisioning", reason=reason)
