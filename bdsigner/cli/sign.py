"""``bdsigner sign``: sign PDF files with a token."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bdsigner.app import Application, Skill, output_path
from bdsigner.cli.context import Context
from bdsigner.cli.declaration import NEXT, Declared, declaration_options, describe
from bdsigner.cli.exit_codes import exit_code
from bdsigner.cli.interaction import Decision, TerminalInteraction, TerminalProgress
from bdsigner.cli.output import error_json, print_error, print_json, signed_json, signed_text
from bdsigner.cli.pin_source import pin_source
from bdsigner.cli.place import Place, PlaceType
from bdsigner.errors import BdsignerError, CertificateError, ErrorCode, TokenError
from bdsigner.messages.times import show_time
from bdsigner.messages.translate import tr
from bdsigner.model.layout import DocumentLayout
from bdsigner.model.profile import AppearanceProfile
from bdsigner.model.signature import FilePlan, SignatureLevel, SignaturePictures, SigningOutcome, SigningPlan
from bdsigner.model.signing_rules import Declaration
from bdsigner.model.token import SignerIdentity
from bdsigner.ports import QuestionCode
from bdsigner.usecases.list_signers import no_token

if TYPE_CHECKING:
    from bdsigner.model.directory import CheckedRecipient
    from bdsigner.model.encryption import EncryptionOutcome

_DECISIONS = click.Choice([decision.value for decision in Decision])


@click.command("sign")
@click.argument("files", nargs=-1, type=click.Path(path_type=Path))
@click.option("--resume", is_flag=True, help="Ký tiếp các lô bị ngắt giữa chừng.")
@click.option("--output-dir", type=click.Path(path_type=Path, file_okay=False), help="Thư mục lưu kết quả.")
@click.option("--suffix", help="Phần thêm vào tên kết quả, mặc định “.signed”.")
@click.option("--token", "token_serial", help="Số sê-ri thiết bị, khi có nhiều thiết bị.")
@click.option("--cert", "cert_serial", help="Số hiệu chứng thư số, khi có nhiều chứng thư số.")
@click.option(
    "--place",
    type=PlaceType(),
    default="auto",
    help="Vị trí: auto, hoặc trang,x,y,rộng,cao (mm từ góc trên trái; trang “last” là cuối).",
)
@click.option("--field", default="", help="Tên ô ký có sẵn.")
@click.option(
    "--hand-signature", type=click.Path(path_type=Path), help="Tệp PNG chữ ký tay, khi hồ sơ cấu hình theo NĐ 30/2020."
)
@click.option("--seal", type=click.Path(path_type=Path), help="Tệp PNG con dấu, khi hồ sơ cấu hình theo NĐ 30/2020.")
@click.option("--invisible", is_flag=True, help="Không hiển thị chữ ký trên trang.")
@click.option("--level", type=click.Choice([level.value for level in SignatureLevel]), default="B-T", show_default=True)
@click.option("--without-timestamp", type=_DECISIONS, default="ask", help="Khi không lấy được dấu thời gian.")
@click.option("--unchecked-certificate", type=_DECISIONS, default="ask", help="Khi không hỏi được tình trạng thu hồi.")
@click.option("--objections", type=_DECISIONS, default="ask", help="Khi quy định để người ký quyết định.")
@click.option("--pin-stdin", is_flag=True, help="Đọc mã PIN từ dòng đầu của đầu vào chuẩn.")
@click.option("--pin-fd", type=int, help="Đọc mã PIN từ file descriptor.")
@click.option(
    "--encrypt-to",
    "recipients",
    multiple=True,
    help="Mã hóa bản đã ký cho người này: tên, thư điện tử, số hiệu, tệp chứng thư, nhóm; lặp lại được.",
)
@click.option("--json", "as_json", is_flag=True, help="In kết quả dạng JSON.")
@declaration_options
@click.pass_obj
def command(
    context: Context,
    files: tuple[Path, ...],
    resume: bool,
    output_dir: Path | None,
    suffix: str | None,
    token_serial: str | None,
    cert_serial: str | None,
    place: Place | None,
    field: str,
    hand_signature: Path | None,
    seal: Path | None,
    invisible: bool,
    level: str,
    without_timestamp: str,
    unchecked_certificate: str,
    objections: str,
    pin_stdin: bool,
    pin_fd: int | None,
    recipients: tuple[str, ...],
    as_json: bool,
    declared: Declared,
) -> int:
    """Ký số các tập tin PDF; tập tin gốc không bao giờ bị ghi đè."""
    if bool(files) == resume:
        raise click.UsageError("FILES / --resume")
    if invisible and (place or field):
        raise click.UsageError("--invisible / --place / --field")
    source = pin_source(from_stdin=pin_stdin, descriptor=pin_fd)
    interaction = TerminalInteraction(
        source,
        {
            QuestionCode.SIGN_WITHOUT_TIMESTAMP: Decision(without_timestamp),
            QuestionCode.SIGN_UNCHECKED_CERTIFICATE: Decision(unchecked_certificate),
        },
        objections=Decision(objections),
    )
    if resume:
        return _resume(context, interaction, as_json=as_json)
    paths = list(dict.fromkeys(file.absolute() for file in files))
    with context.application() as (application, settings):
        application.warm_up(Skill.SIGNING, Skill.READING)
        _take_pictures(application, hand_signature, seal)
        if len(paths) > 1 and application.unfinished_batches():
            click.echo(tr("Có lô ký bị ngắt giữa chừng; ký tiếp: bdsigner sign --resume"), err=True)
        signer = choose_signer(application, token_serial, cert_serial)
        checked = _recipients(application, recipients) if recipients else ()  # before anything is signed
        plans: list[FilePlan] = []
        outcomes: dict[Path, SigningOutcome] = {}
        for path in paths:
            try:
                target = output_path(path, suffix=suffix or settings.output_suffix, folder=output_dir)
                wanted = Wanted(declared=declared, place=place, field=field, is_visible=not invisible)
                plans.append(plan_file(application, signer, path, target.absolute(), wanted))
            except BdsignerError as error:
                outcomes[path] = SigningOutcome(source=path, error=error)
        if plans:
            plan = SigningPlan(
                files=tuple(plans),
                token_serial=signer.token.serial,
                key_id=signer.key_id,
                level=SignatureLevel(level),
            )
            signed = application.sign(plan, interaction=interaction, progress=TerminalProgress())
            outcomes |= {outcome.source: outcome for outcome in signed}
        if signer.token.serial in application.devices.factory_pins:
            click.echo(tr("CẢNH BÁO: mã PIN là mã mặc định của nhà sản xuất. Đổi ngay: bdsigner pin change"), err=True)
        ordered = [outcomes[path] for path in paths]
        targets = tuple(outcome.signed.target for outcome in ordered if outcome.signed is not None)
        envelopes = _encrypt(application, targets, checked, interaction) if checked and targets else ()
    _print(ordered, as_json=as_json, envelopes=envelopes)
    good = sum(outcome.signed is not None for outcome in ordered)
    if checked:
        good = sum(envelope.output is not None for envelope in envelopes)
    return exit_code(good=good, total=len(ordered))


def _recipients(application: Application, who: tuple[str, ...]) -> "tuple[CheckedRecipient, ...]":
    from bdsigner.cli.encrypt import checked_recipients  # here: who only signs does not wait for the directory

    return checked_recipients(application, who)


def _encrypt(
    application: Application,
    targets: tuple[Path, ...],
    checked: "tuple[CheckedRecipient, ...]",
    interaction: TerminalInteraction,
) -> "tuple[EncryptionOutcome, ...]":
    from bdsigner.cli.encrypt import sender_of
    from bdsigner.model.encryption import EncryptionPlan

    plan = EncryptionPlan(
        files=targets,
        recipients=tuple(one.entry.certificate for one in checked),
        sender=sender_of(application),
    )
    return application.encryption.encrypt(
        plan, checked=checked, interaction=interaction, progress=TerminalProgress(), tell=lambda *_: None
    )


def _take_pictures(application: Application, hand: Path | None, seal: Path | None) -> None:
    """The options before what was chosen in the window; they mean nothing to a profile that shows no pictures."""
    if hand is None and seal is None:
        return
    if application.profile.appearance_profile is not AppearanceProfile.ND_30_2020:
        raise click.UsageError(f"--hand-signature / --seal: {AppearanceProfile.ND_30_2020.value}")
    chosen = application.pictures
    application.pictures = SignaturePictures(
        hand=hand.absolute() if hand is not None else chosen.hand,
        seal=seal.absolute() if seal is not None else chosen.seal,
    )


def _resume(context: Context, interaction: TerminalInteraction, *, as_json: bool) -> int:
    """Go on with every abandoned batch, the oldest first."""
    outcomes: list[SigningOutcome] = []
    with context.application() as (application, _settings):
        for batch in application.unfinished_batches():
            began = show_time(batch.began_at)
            click.echo(
                tr("Ký tiếp lô bắt đầu lúc {time}: còn {count} tập tin.").format(time=began, count=batch.left), err=True
            )
            outcomes += application.resume(batch, interaction=interaction, progress=TerminalProgress())
    _print(outcomes, as_json=as_json)
    return exit_code(good=sum(1 for outcome in outcomes if outcome.signed), total=len(outcomes))


def choose_signer(application: Application, token_serial: str | None, cert_serial: str | None) -> SignerIdentity:
    """The one identity that the options leave; never guesses.  Raises ``TokenError``, ``CertificateError``."""
    listing = application.signers()
    tokens = [t for t in listing.tokens if token_serial is None or t.serial == token_serial]
    if not tokens:
        raise no_token(listing, token_serial)
    signers = [
        s
        for s in listing.signers
        if s.token in tokens and (cert_serial is None or s.certificate.serial_number == cert_serial.upper().lstrip("0"))
    ]
    if len(signers) == 1:
        return signers[0]
    if not signers:
        raise CertificateError(ErrorCode.CERTIFICATE_NONE)
    if len({s.token.serial for s in signers}) > 1:
        raise TokenError(ErrorCode.TOKEN_SEVERAL, count=len(tokens))
    raise CertificateError(ErrorCode.CERTIFICATE_SEVERAL, count=len(signers))


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What the options say of every file."""

    declared: Declared
    place: Place | None
    field: str
    is_visible: bool


def plan_file(application: Application, signer: SignerIdentity, path: Path, target: Path, wanted: Wanted) -> FilePlan:
    """The plan of one file; what the options leave open the document is asked.  Raises ``DocumentError``."""
    declaration = wanted.declared.complete()
    place, is_placed = wanted.place, wanted.is_visible and not wanted.field
    box = place.on(place.page) if is_placed and place is not None and place.page is not None else None
    if declaration is None or declaration.number == NEXT or (is_placed and box is None):
        seen = application.examine(path, signer=signer, declaration=declaration)
        declaration = wanted.declared.over(seen.declaration)
        if declaration.number == NEXT:
            declaration = _with_next_number(application, declaration, seen.layout)
        click.echo(f"{path.name}: {describe(declaration)}", err=True)
        if is_placed and place is not None and box is None:
            box = place.on(len(seen.info.pages) - 1)
        elif is_placed and box is None:
            box = seen.placement.box if seen.placement is not None else None
    return FilePlan(source=path, target=target, box=box, field=wanted.field, declaration=declaration)


def _with_next_number(application: Application, declaration: Declaration, layout: DocumentLayout) -> Declaration:
    """``--number next``: from the agency's register, for the symbol on the page."""
    if layout.number is None or layout.number.number.is_filled:
        return replace(declaration, number="")
    year = declaration.issued.year if declaration.issued is not None else datetime.now().astimezone().year
    return replace(declaration, number=application.next_number(layout.number.symbol, year))


def _print(outcomes: list[SigningOutcome], *, as_json: bool, envelopes: "Sequence[EncryptionOutcome]" = ()) -> None:
    if as_json:
        encrypted = {envelope.sources[0]: _encrypted_json(envelope) for envelope in envelopes}
        print_json(
            [
                {"file": str(o.source)}
                | (signed_json(o.signed) if o.signed else {})
                | ({"encrypted": encrypted[o.signed.target]} if o.signed and o.signed.target in encrypted else {})
                | ({"error": error_json(o.error)} if o.error else {})
                for o in outcomes
            ]
        )
        return
    for outcome in outcomes:
        if outcome.signed:
            click.echo(signed_text(outcome.signed))
        if outcome.error:
            print_error(outcome.error, outcome.source)
    for envelope in envelopes:
        _print_encrypted(envelope)


def _encrypted_json(envelope: "EncryptionOutcome") -> dict[str, Any]:
    from bdsigner.cli.encrypt import encrypted_json

    return encrypted_json(envelope)


def _print_encrypted(envelope: "EncryptionOutcome") -> None:
    from bdsigner.cli.encrypt import print_encrypted

    print_encrypted(envelope)
