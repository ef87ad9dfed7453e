"""``bdsigner sign``: sign PDF files with a token."""

from pathlib import Path

import click

from bdsigner.app import Application, Skill, output_path
from bdsigner.cli.context import Context
from bdsigner.cli.exit_codes import exit_code
from bdsigner.cli.interaction import Decision, TerminalInteraction, TerminalProgress
from bdsigner.cli.output import error_json, print_error, print_json, signed_json, signed_text
from bdsigner.cli.pin import pin_source
from bdsigner.cli.place import Place, PlaceType
from bdsigner.errors import BdsignerError, CertificateError, ErrorCode, TokenError
from bdsigner.model.geometry import Box
from bdsigner.model.signature import FilePlan, SignatureLevel, SigningOutcome, SigningPlan
from bdsigner.model.token import SignerIdentity
from bdsigner.ports import QuestionCode
from bdsigner.usecases.default_place import default_box
from bdsigner.usecases.list_signers import no_token

_DECISIONS = click.Choice([decision.value for decision in Decision])


@click.command("sign")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--output-dir", type=click.Path(path_type=Path, file_okay=False), help="Thư mục lưu kết quả.")
@click.option("--suffix", help="Phần thêm vào tên kết quả, mặc định “.signed”.")
@click.option("--token", "token_serial", help="Số sê-ri thiết bị, khi có nhiều thiết bị.")
@click.option("--cert", "cert_serial", help="Số hiệu chứng thư số, khi có nhiều chứng thư số.")
@click.option(
    "--place", type=PlaceType(), help="Vị trí: trang,x,y,rộng,cao (mm từ góc trên trái; trang “last” là cuối)."
)
@click.option("--field", default="", help="Tên ô ký có sẵn.")
@click.option("--invisible", is_flag=True, help="Không hiển thị chữ ký trên trang.")
@click.option("--level", type=click.Choice([level.value for level in SignatureLevel]), default="B-T", show_default=True)
@click.option("--without-timestamp", type=_DECISIONS, default="ask", help="Khi không lấy được dấu thời gian.")
@click.option("--unchecked-certificate", type=_DECISIONS, default="ask", help="Khi không hỏi được tình trạng thu hồi.")
@click.option("--pin-stdin", is_flag=True, help="Đọc mã PIN từ dòng đầu của đầu vào chuẩn.")
@click.option("--pin-fd", type=int, help="Đọc mã PIN từ file descriptor.")
@click.option("--json", "as_json", is_flag=True, help="In kết quả dạng JSON.")
@click.pass_obj
def command(
    context: Context,
    files: tuple[Path, ...],
    output_dir: Path | None,
    suffix: str | None,
    token_serial: str | None,
    cert_serial: str | None,
    place: Place | None,
    field: str,
    invisible: bool,
    level: str,
    without_timestamp: str,
    unchecked_certificate: str,
    pin_stdin: bool,
    pin_fd: int | None,
    as_json: bool,
) -> int:
    """Ký số các tập tin PDF; tập tin gốc không bao giờ bị ghi đè."""
    if invisible and (place or field):
        raise click.UsageError("--invisible / --place / --field")
    source = pin_source(from_stdin=pin_stdin, descriptor=pin_fd)
    interaction = TerminalInteraction(
        source,
        {
            QuestionCode.SIGN_WITHOUT_TIMESTAMP: Decision(without_timestamp),
            QuestionCode.SIGN_UNCHECKED_CERTIFICATE: Decision(unchecked_certificate),
        },
    )
    paths = list(dict.fromkeys(file.absolute() for file in files))
    with context.application() as (application, settings):
        # A place that is not given depends on the size of the page.
        is_page_read = not (invisible or field or (place and place.page is not None))
        application.warm_up(Skill.SIGNING, *([Skill.DRAWING] if is_page_read else []))
        signer = choose_signer(application, token_serial, cert_serial)
        plans: list[FilePlan] = []
        outcomes: dict[Path, SigningOutcome] = {}
        for path in paths:
            try:
                box = None if invisible or field else _box(application, path, place)
                target = output_path(path, suffix=suffix or settings.output_suffix, folder=output_dir)
                plans.append(FilePlan(source=path, target=target.absolute(), box=box, field=field))
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
    ordered = [outcomes[path] for path in paths]
    _print(ordered, as_json=as_json)
    return exit_code(good=sum(1 for outcome in ordered if outcome.signed), total=len(ordered))


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


def _box(application: Application, path: Path, place: Place | None) -> Box:
    if place is not None and place.page is not None:
        return place.on(place.page)
    document = application.inspect(path)
    if place is not None:
        return place.on(len(document.pages) - 1)
    return default_box(document)


def _print(outcomes: list[SigningOutcome], *, as_json: bool) -> None:
    if as_json:
        print_json(
            [
                {"file": str(o.source)}
                | (signed_json(o.signed) if o.signed else {})
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
