"""The profile of training mode: a deployer's own, with the training root, the loopback TSA and the mark of training."""

import os
import shutil
import tomllib
from pathlib import Path
from typing import Any

from bdsigner.errors import ErrorCode, TrainingError
from bdsigner.model.profile import ChannelKind, Mode
from bdsigner.storage.anchors import ANCHOR_FOLDER, DEPARTMENT_FOLDER, DIRECTORY_FOLDER, ISSUER_FOLDER, MAIL_FOLDER
from bdsigner.storage.profile import PROFILE_FILE
from bdsigner.storage.published import PUBLISHED_FILE


def write_profile(
    source: Path, target: Path, *, anchor: Path, issuer: Path, tsa_url: str, module: Path, softhsm_conf: Path
) -> None:
    """Copy the checked profile folder ``source`` to ``target`` and turn it into one for training.

    Raises ``TrainingError`` TRAINING_EXTRA_MISSING.
    """
    try:
        import tomli_w
    except ImportError as error:
        raise TrainingError(ErrorCode.TRAINING_EXTRA_MISSING, package="tomli-w") from error
    # The list of published certificates knows nothing of those made for training.
    of_the_real_ca = shutil.ignore_patterns(
        ANCHOR_FOLDER,
        ISSUER_FOLDER,
        DIRECTORY_FOLDER,
        DEPARTMENT_FOLDER,
        MAIL_FOLDER,
        PROFILE_FILE,
        PUBLISHED_FILE,
    )
    shutil.copytree(source, target, ignore=of_the_real_ca)
    values = tomllib.loads((source / PROFILE_FILE).read_text(encoding="utf-8"))
    # The configuration by a relative path, so that the folder may be moved.
    config = os.path.relpath(softhsm_conf, target)
    token = {"pkcs11_modules": [str(module)], "softhsm_config": config}
    (target / PROFILE_FILE).write_text(
        tomli_w.dumps(_for_training(values, tsa_url) | {"token": token}), encoding="utf-8"
    )
    for certificate, name in ((anchor, ANCHOR_FOLDER), (issuer, ISSUER_FOLDER)):
        (target / name).mkdir()
        shutil.copy(certificate, target / name)


def _for_training(values: dict[str, Any], tsa_url: str) -> dict[str, Any]:
    own_services: dict[str, list[str]] = {
        "ocsp_urls": [],
        "crl_urls": [],
    }  # those of the real CA know nothing of training certificates
    return values | {
        "id": f"{values['id']}-ban-thu",
        "mode": Mode.TRAINING.value,
        "certificates": values["certificates"] | own_services,
        "directory": {},  # the real one names nobody of the training
        "requests": {"channels": _by_hand(values)},  # none made in training may reach the real department
        "timestamp": values["timestamp"] | {"urls": [tsa_url]},
        "network": values["network"] | {"allow_private_addresses": True, "proxy": ""},
    }


def _by_hand(values: dict[str, Any]) -> list[dict[str, Any]]:
    channels = values.get("requests", {}).get("channels", [])
    return [one for one in channels if one.get("kind") == ChannelKind.FILE.value]
