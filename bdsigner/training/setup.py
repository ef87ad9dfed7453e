"""Sets up the training folder; safe to repeat, and quick when nothing is to do."""

import secrets
import shutil
import socket
from datetime import UTC, datetime
from pathlib import Path

from bdsigner.errors import ErrorCode, TrainingError
from bdsigner.training import pki, soft_token
from bdsigner.training.folder import STAMP_NAME, VERSION, Stamp, TrainingFolder, read_stamp, write_stamp
from bdsigner.training.people import Agency

PORTS = range(20_000, 30_000)
"""Below the ports that systems hand out to outgoing connections, so that the port stays free between starts."""

_PARTS = ("tokens", "pki", "profile", "samples")


def set_up(folder: Path, agency: Agency) -> TrainingFolder:
    """Make the training folder, or make it anew when it is incomplete or of another version.

    Raises ``TrainingError``: the folder holds something else, certomancer or SoftHSM2 is missing, or a step failed.
    """
    folder = folder.absolute()
    stamp = read_stamp(folder)
    if stamp is not None and stamp.complete and stamp.version == VERSION:
        return TrainingFolder(folder=folder, stamp=stamp)
    _claim(folder)
    today = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    stamp = Stamp(version=VERSION, port=_free_port(), created=today, complete=False)
    write_stamp(folder, stamp)
    training = TrainingFolder(folder=folder, stamp=stamp)
    _make_parts(training, agency)
    stamp = Stamp(version=VERSION, port=stamp.port, created=today, complete=True)
    write_stamp(folder, stamp)
    return TrainingFolder(folder=folder, stamp=stamp)


def _claim(folder: Path) -> None:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if any(folder.iterdir()) and not (folder / STAMP_NAME).exists():
        raise TrainingError(ErrorCode.TRAINING_FOLDER_IN_USE, path=str(folder))
    folder.chmod(0o700)
    for part in _PARTS:
        shutil.rmtree(folder / part, ignore_errors=True)


def _make_parts(training: TrainingFolder, agency: Agency) -> None:
    for part in (training.tokens, training.keys, training.certificates, training.samples):
        part.mkdir(parents=True)
    pki.make_keys(training.keys)
    description = pki.describe(agency, base_url=training.base_url, created=training.stamp.created)
    pki.save_description(training.description, description)
    architecture = pki.open_architecture(training.description, training.keys)
    pki.write_certificates(architecture, training.certificates)
    soft_token.make_tokens(
        training.softhsm_conf, training.tokens, keys=training.keys, certificates=training.certificates
    )


def _free_port() -> int:
    for port in secrets.SystemRandom().sample(PORTS, 50):
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise TrainingError(ErrorCode.TRAINING_PORT_BUSY)
