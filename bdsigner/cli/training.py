"""``bdsigner training``: soft tokens and a test PKI, for demonstration and for teaching staff."""

import os
import subprocess
import sys
from pathlib import Path

import click

from bdsigner.app import Application, output_path
from bdsigner.cli.exit_codes import ExitCode
from bdsigner.cli.interaction import TerminalInteraction, TerminalProgress
from bdsigner.cli.output import legal_text, report_text, signed_json, signed_text
from bdsigner.messages.translate import tr
from bdsigner.model.signature import FilePlan, SignedFile, SigningPlan
from bdsigner.model.token import SignerIdentity
from bdsigner.model.verification import FileReport, Verdict, VerificationOutcome
from bdsigner.training import TRAINING_PIN
from bdsigner.training.folder import TrainingFolder
from bdsigner.training.server import ServerProcess
from bdsigner.training.setup import set_up
from bdsigner.usecases.default_place import default_box

DEMO_SIGNER = "chu-tich"
FOLDER = click.argument("folder", type=click.Path(path_type=Path, file_okay=False))


@click.group("training")
def command() -> None:
    """Chế độ tập huấn (BẢN THỬ): thiết bị mềm, hệ thống chứng thực thử, tài liệu mẫu."""


@command.command("setup")
@FOLDER
def setup_command(folder: Path) -> int:
    """Tạo thư mục tập huấn; chạy lại không làm mất gì."""
    _print_training(set_up(folder))
    return ExitCode.ALL_GOOD


@command.command("serve")
@FOLDER
def serve_command(folder: Path) -> int:
    """Chạy máy chủ TSA, OCSP, CRL thử trên máy này cho đến khi dừng."""
    training = set_up(folder)
    with ServerProcess(training):
        _print_training(training)
        click.pause(tr("Nhấn phím bất kỳ để dừng."))
    return ExitCode.ALL_GOOD


@command.command("open")
@FOLDER
@click.argument("files", nargs=-1, type=click.Path(path_type=Path))
def open_command(folder: Path, files: tuple[Path, ...]) -> int:
    """Mở cửa sổ trong chế độ tập huấn."""
    training = set_up(folder)
    with ServerProcess(training):
        _print_training(training)
        return _open_window(training, files)


@command.command("demo")
@FOLDER
@click.option("--no-window", is_flag=True, help="Không mở cửa sổ.")
def demo_command(folder: Path, no_window: bool) -> int:
    """Ký quyết định mẫu, đóng dấu thời gian, kiểm tra, rồi mở cửa sổ."""
    folder = folder.absolute()
    training = set_up(folder / "training")
    with ServerProcess(training):
        _print_training(training)
        signed, verified, report = _sign_and_verify(training, folder)
        click.echo(signed_text(signed))
        click.echo(report_text(report))
        if verified.legal is not None:
            click.echo(legal_text(verified.legal))
        result = folder / "result.json"
        result.write_text(_result_json(training, signed, verified), encoding="utf-8")
        click.echo(tr("Kết quả: {path}").format(path=result))
        if not no_window and _has_display():
            _open_window(training, (training.samples / "cong-van.pdf",))
    return ExitCode.ALL_GOOD if report.verdict is Verdict.VALID else ExitCode.ALL_FAILED


def _sign_and_verify(training: TrainingFolder, folder: Path) -> tuple[SignedFile, VerificationOutcome, FileReport]:
    from bdsigner.storage.profile import load_profile

    application = Application.from_profile(load_profile(training.profile))
    try:
        application.warm_up()
        signer = _demo_signer(application)
        source = training.samples / "quyet-dinh.pdf"
        target = output_path(source, suffix=".signed", folder=folder)
        # The demo's own output of an earlier run; a person's files are never replaced.
        target.unlink(missing_ok=True)
        placement = application.examine(source, signer=signer).placement
        box = placement.box if placement is not None else default_box(application.inspect(source))
        plan = SigningPlan(
            files=(FilePlan(source=source, target=target, box=box),),
            token_serial=signer.token.serial,
            key_id=signer.key_id,
        )
        interaction = TerminalInteraction(lambda _prompt: bytearray(TRAINING_PIN.encode()), {})
        (outcome,) = application.sign(plan, interaction=interaction, progress=TerminalProgress())
        if outcome.error or not outcome.signed:
            raise outcome.error or AssertionError("neither signed nor failed")
        (verified,) = application.verify([target], progress=TerminalProgress())
        if verified.error or not verified.report:
            raise verified.error or AssertionError("neither judged nor failed")
        return outcome.signed, verified, verified.report
    finally:
        application.close()


def _demo_signer(application: Application) -> SignerIdentity:
    key_id = DEMO_SIGNER.encode().hex()
    return next(signer for signer in application.signers().signers if signer.key_id == key_id)


def _result_json(training: TrainingFolder, signed: SignedFile, verified: VerificationOutcome) -> str:
    import json

    import msgspec

    from bdsigner.reports.verification_json import file_json

    value = {
        "source": str(signed.source),
        **signed_json(signed),
        "training_folder": str(training.folder),
        "report": msgspec.to_builtins(file_json(verified)),
    }
    return json.dumps(value, ensure_ascii=False, indent=2) + "\n"


def _print_training(training: TrainingFolder) -> None:
    click.echo(tr("BẢN THỬ – thư mục tập huấn: {folder}").format(folder=training.folder))
    click.echo(tr("Mã PIN của mọi thiết bị thử: {pin}").format(pin=TRAINING_PIN))
    click.echo(f"TSA {training.tsa_url} · OCSP {training.ocsp_url}")


def _has_display() -> bool:
    return sys.platform in ("win32", "darwin") or any(os.environ.get(v) for v in ("DISPLAY", "WAYLAND_DISPLAY"))


def _open_window(training: TrainingFolder, files: tuple[Path, ...]) -> int:
    # A process of its own: the command line stays free of Qt.
    command = [sys.executable, "-m", "bdsigner", "--profile", str(training.profile), *map(str, files)]
    return subprocess.run(command, check=False).returncode
