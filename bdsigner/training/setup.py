"""Sets up the training folder; safe to repeat, and quick when nothing is to do."""

import hashlib
import secrets
import shutil
import socket
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from bdsigner.errors import ErrorCode, TrainingError
from bdsigner.model.profile import Profile
from bdsigner.storage.profile import load_profile
from bdsigner.storage.resources import default_profile_folder
from bdsigner.training import pki, soft_token
from bdsigner.training.folder import STAMP_NAME, VERSION, Stamp, TrainingFolder, read_stamp, write_stamp
from bdsigner.training.people import Agency
from bdsigner.training.profile import write_profile
from bdsigner.training.samples import write_samples

PORTS = range(20_000, 30_000)
"""Below the ports that systems hand out to outgoing connections, so that the port stays free between starts."""

_PARTS = ("tokens", "pki", "profile")
"""Made anew together; ``samples`` stays, because people keep their trial signatures beside them."""


def set_up(folder: Path, source: Path | None = None) -> TrainingFolder:
    """Make the training folder from the profile folder ``source`` (``None``: the shipped one).

    A folder that is complete, of this version, from the same profile and in its old place stays as it is; else it is
    made anew, all but files of others beside the samples.

    Raises ``TrainingError`` (the folder holds something else, certomancer or SoftHSM2 is missing, a step failed) and
    what ``load_profile`` raises on ``source``.
    """
    folder, source = folder.absolute(), source or default_profile_folder()
    profile = load_profile(source)
    origin = _origin(folder, source)
    stamp = read_stamp(folder)
    if stamp is not None and stamp.complete and stamp.version == VERSION and stamp.origin == origin:
        return TrainingFolder(folder=folder, stamp=stamp)
    try:
        _claim(folder)
        today = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
        stamp = Stamp(version=VERSION, port=_free_port(), created=today, origin=origin)
        write_stamp(folder, stamp)
        training = TrainingFolder(folder=folder, stamp=replace(stamp, complete=True))
        _make_parts(training, profile)
        write_stamp(folder, training.stamp)
    except OSError as error:
        raise TrainingError(ErrorCode.TRAINING_FAILED, step="write", reason=error.strerror or str(error)) from error
    return training


def _origin(folder: Path, source: Path) -> str:
    """Digest of what a training folder depends on: its place, which the token store names, and the profile."""
    digest = hashlib.sha256(str(folder).encode())
    for file in sorted(path for path in source.iterdir() if path.is_file()):
        digest.update(file.name.encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()


def _claim(folder: Path) -> None:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if any(folder.iterdir()) and not (folder / STAMP_NAME).exists():
        raise TrainingError(ErrorCode.TRAINING_FOLDER_IN_USE, path=str(folder))
    folder.chmod(0o700)
    for part in _PARTS:
        shutil.rmtree(folder / part, ignore_errors=True)


def _make_parts(training: TrainingFolder, profile: Profile) -> None:
    agency = Agency.from_profile(profile)
    for part in (training.tokens, training.keys, training.certificates):
        part.mkdir(parents=True)
    training.samples.mkdir(exist_ok=True)
    pki.make_keys(training.keys)
    description = pki.describe(agency, base_url=training.base_url, created=training.stamp.created)
    pki.save_description(training.description, description)
    architecture = pki.open_architecture(training.description, training.keys)
    pki.write_certificates(architecture, training.certificates)
    soft_token.make_tokens(
        training.softhsm_conf, training.tokens, keys=training.keys, certificates=training.certificates
    )
    anchor = training.certificates / f"{pki.ROOT}.cer"
    write_profile(
        profile.folder,
        training.profile,
        anchor=anchor,
        issuer=training.certificates / f"{pki.INTERMEDIATE}.cer",
        tsa_url=training.tsa_url,
        module=soft_token.find_softhsm(),
        softhsm_conf=training.softhsm_conf,
    )
    write_samples(training.samples, agency)


def _free_port() -> int:
    for port in secrets.SystemRandom().sample(PORTS, 50):
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise TrainingError(ErrorCode.TRAINING_PORT_BUSY, port=f"{PORTS.start}–{PORTS.stop - 1}")
