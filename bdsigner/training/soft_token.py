"""SoftHSM2 tokens of training mode: one per leader, as in real life, and one with everything that must be refused."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from cryptography.hazmat.primitives import serialization

from bdsigner.errors import ErrorCode, TrainingError
from bdsigner.token.provisioning import KeyPair, Provision, provision
from bdsigner.training import TRAINING_PIN
from bdsigner.training.people import PEOPLE, Person

CONF_VARIABLE = "SOFTHSM2_CONF"
"""Read by the module when it loads: must stand in the environment of the process that loads it."""

TRAINING_SO_PIN = "12345678"
UTIL_TIMEOUT_SECONDS = 30.0

_LINUX_MODULES = (
    "/usr/lib/softhsm/libsofthsm2.so",
    "/usr/lib64/pkcs11/libsofthsm2.so",
    "/usr/lib64/softhsm/libsofthsm2.so",
    "/usr/lib/pkcs11/libsofthsm2.so",
    "/usr/local/lib/softhsm/libsofthsm2.so",
)
_MACOS_MODULES = ("/opt/homebrew/lib/softhsm/libsofthsm2.so", "/usr/local/lib/softhsm/libsofthsm2.so")
_WINDOWS_MODULE = Path("SoftHSM2") / "lib" / ("softhsm2-x64.dll" if sys.maxsize > 2**32 else "softhsm2.dll")


def find_softhsm() -> Path:
    """Return the SoftHSM2 module of this machine.  Raises ``TrainingError`` TRAINING_SOFTHSM_MISSING."""
    for candidate in _candidates():
        if candidate.is_file():
            return candidate
    raise TrainingError(ErrorCode.TRAINING_SOFTHSM_MISSING)


def _candidates() -> tuple[Path, ...]:
    if sys.platform == "win32":
        drives = (os.environ.get("SYSTEMDRIVE", "C:") + "\\", os.environ.get("PROGRAMFILES", ""))
        return tuple(Path(drive) / _WINDOWS_MODULE for drive in drives if drive)
    return tuple(map(Path, _MACOS_MODULES if sys.platform == "darwin" else _LINUX_MODULES))


def _find_util(module: Path) -> Path:
    beside = module.parent.parent / "bin" / "softhsm2-util.exe"
    found = str(beside) if beside.is_file() else shutil.which("softhsm2-util")
    if found is None:
        raise TrainingError(ErrorCode.TRAINING_SOFTHSM_MISSING, tool="softhsm2-util")
    return Path(found)


def make_tokens(conf: Path, tokens: Path, *, keys: Path, certificates: Path) -> None:
    """Write ``conf``, make the tokens in the empty folder ``tokens`` and fill them.

    Raises ``TrainingError``: SoftHSM2 missing, or a step failed.
    """
    module = find_softhsm()
    util = _find_util(module)
    conf.write_text(
        f"directories.tokendir = {tokens}\nobjectstore.backend = file\nlog.level = ERROR\nslots.removable = false\n",
        encoding="utf-8",
    )
    environment = {CONF_VARIABLE: str(conf)}
    owners: dict[str, list[Person]] = {}
    for person in PEOPLE:
        owners.setdefault(person.token, []).append(person)
    for label in owners:
        _init_token(util, module, label, environment)
    pairs = {
        label: tuple(_key_pair(person, keys, certificates) for person in people) for label, people in owners.items()
    }
    provision(Provision(module_path=str(module), pin=TRAINING_PIN, tokens=pairs), environment)


def _init_token(util: Path, module: Path, label: str, environment: dict[str, str]) -> None:
    # The PINs may stand in argv: they are printed in the manual, and the token holds nothing of worth.
    argv = [str(util), "--module", str(module), "--init-token", "--free", "--label", label]
    argv += ["--so-pin", TRAINING_SO_PIN, "--pin", TRAINING_PIN]
    try:
        subprocess.run(
            argv,
            env=os.environ | environment,
            capture_output=True,
            timeout=UTIL_TIMEOUT_SECONDS,
            check=True,
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
    except (OSError, subprocess.SubprocessError) as error:
        raise TrainingError(ErrorCode.TRAINING_FAILED, step="init-token", reason=type(error).__name__) from error


def _key_pair(person: Person, keys: Path, certificates: Path) -> KeyPair:
    pem = (keys / f"{person.name}.pem").read_bytes()
    key = serialization.load_pem_private_key(pem, password=None, unsafe_skip_rsa_key_validation=True)  # made just now
    return KeyPair(
        key_id=person.key_id,
        label=person.common_name,
        private_key=key.private_bytes(
            serialization.Encoding.DER,
            serialization.PrivateFormat.TraditionalOpenSSL,
            serialization.NoEncryption(),
        ),
        certificate=(certificates / f"{person.name}.cer").read_bytes(),
    )
