"""``bdsigner recipients``: the directory of certificates: search, check, learn, import, groups."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click
import msgspec

from bdsigner.app.directory import Directory
from bdsigner.cli.context import Context
from bdsigner.cli.exit_codes import ExitCode, exit_code
from bdsigner.cli.output import print_json
from bdsigner.errors import BdsignerError, DirectoryError, ErrorCode
from bdsigner.messages.directory_texts import describe_import, describe_recipient, describe_source
from bdsigner.messages.errors import describe_code
from bdsigner.messages.times import show_time
from bdsigner.messages.translate import tr
from bdsigner.model.certificate import CertificateStatus
from bdsigner.model.directory import CheckedRecipient, DirectoryEntry, RecipientGroup
from bdsigner.reports.verification_json import certificate_json

_json_option = click.option("--json", "as_json", is_flag=True, help="In kết quả dạng JSON.")
_words = click.argument("who", nargs=-1, required=True)


@click.group("recipients")
def command() -> None:
    """Danh bạ chứng thư số (Điều 9)."""


@command.command("search")
@_words
@click.option("--servers", is_flag=True, help="Hỏi thêm các máy chủ danh bạ nêu trong cấu hình.")
@click.option("--limit", default=20, type=click.IntRange(1, 200), help="Nhiều nhất bao nhiêu người.")
@_json_option
@click.pass_obj
def search(context: Context, who: tuple[str, ...], servers: bool, limit: int, as_json: bool) -> int:
    """Tìm theo họ tên có dấu hoặc không dấu, cơ quan, thư điện tử, số hiệu chứng thư."""
    query = " ".join(who)
    problems: tuple[str, ...] = ()
    with context.application() as (application, _settings):
        directory = application.directory
        if servers:
            problems = directory.search_servers(query, limit=limit).problems
        result = directory.search(query, limit=limit)
    if as_json:
        print_json({"entries": [entry_json(one) for one in result.entries], "complete": result.is_complete,
                    "problems": list(problems)})  # fmt: skip
        return ExitCode.ALL_GOOD if result.entries else ExitCode.ALL_FAILED
    for one in result.entries:
        click.echo(entry_text(one))
    if not result.is_complete:
        click.echo(tr("Còn nữa: gõ thêm để thu hẹp."))
    if not result.entries:
        click.echo(tr("Không tìm thấy ai."), err=True)
    for code in problems:
        message = describe_code(ErrorCode(code), {})
        click.echo(f"! {message.title}. {message.remedy} [{message.code}]", err=True)
    return ExitCode.ALL_GOOD if result.entries else ExitCode.ALL_FAILED


@command.command("check")
@_words
@_json_option
@click.pass_obj
def check(context: Context, who: tuple[str, ...], as_json: bool) -> int:
    """Kiểm tra có được mã hóa cho từng người không: tên, thư điện tử, số hiệu, tệp chứng thư hoặc tên nhóm."""
    with context.application() as (application, _settings):
        entries = resolve(application.directory, who)
        checked = application.directory.check(entries)
    if as_json:
        print_json([checked_json(one) for one in checked])
    else:
        for one in checked:
            status, remedy = describe_recipient(one)
            mark = "✓" if one.assessment.status is CertificateStatus.GOOD else "✗"
            mark = "?" if one.assessment.status is CertificateStatus.UNKNOWN else mark
            click.echo(f"{mark} {entry_text(one.entry)}\n  {status}" + (f"\n  → {remedy}" if remedy else ""))
    return exit_code(good=sum(one.assessment.status is CertificateStatus.GOOD for one in checked), total=len(checked))


@command.command("learn")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.pass_obj
def learn(context: Context, files: tuple[Path, ...]) -> int:
    """Đưa tệp chứng thư (.cer, .crt, .pem, .der) vào danh bạ trên máy."""
    with context.application() as (application, _settings):
        for file in files:
            click.echo(f"✓ {entry_text(application.directory.entry_of(file.absolute()))}")
    return ExitCode.ALL_GOOD


@command.command("import")
@click.argument("bundle", type=click.Path(path_type=Path))
@_json_option
@click.pass_obj
def import_command(context: Context, bundle: Path, as_json: bool) -> int:
    """Nhập tệp danh bạ đã ký của đơn vị phát hành (mang bằng USB)."""
    with context.application() as (application, _settings):
        done = application.directory.import_bundle(bundle.absolute())
    if as_json:
        print_json(msgspec.to_builtins(done))
    else:
        click.echo(describe_import(done))
    return ExitCode.ALL_GOOD


@command.command("forget")
@_words
@click.pass_obj
def forget(context: Context, who: tuple[str, ...]) -> int:
    """Bỏ khỏi danh bạ trên máy."""
    with context.application() as (application, _settings):
        entries = resolve(application.directory, who)
        application.directory.forget([one.certificate.sha256 for one in entries])
    return ExitCode.ALL_GOOD


@command.command("password")
@click.pass_obj
def password(context: Context) -> int:
    """Lưu mật khẩu của danh bạ LDAP vào kho khóa của hệ điều hành."""
    from bdsigner.storage.credentials import keep_password

    with context.application() as (application, _settings):
        server = application.profile.directory.ldap
    if server is None or not server.user:
        raise click.UsageError(tr("Cấu hình không nêu tên đăng nhập danh bạ LDAP."))
    entered = click.prompt(tr("Mật khẩu của {user}").format(user=server.user), hide_input=True)
    if not keep_password(server.url, server.user, entered):
        raise DirectoryError(ErrorCode.DIRECTORY_NO_PASSWORD, server=server.url, user=server.user)
    return ExitCode.ALL_GOOD


@command.group("groups")
def groups() -> None:
    """Nhóm người nhận."""


@groups.command("list")
@_json_option
@click.pass_obj
def list_groups(context: Context, as_json: bool) -> int:
    """Các nhóm và người trong nhóm."""
    with context.application() as (application, _settings):
        directory = application.directory
        members = {one.name: directory.entries(one.certificates) for one in directory.groups()}
    if as_json:
        print_json({name: [entry_json(one) for one in them] for name, them in members.items()})
        return ExitCode.ALL_GOOD
    for name, them in members.items():
        click.echo(name)
        for one in them:
            click.echo(f"  {entry_text(one)}")
    return ExitCode.ALL_GOOD


@groups.command("save")
@click.argument("name")
@_words
@click.pass_obj
def save_group(context: Context, name: str, who: tuple[str, ...]) -> int:
    """Lưu nhóm, thay nhóm cùng tên."""
    with context.application() as (application, _settings):
        members = tuple(one.certificate.sha256 for one in resolve(application.directory, who))
        application.directory.save_group(RecipientGroup(name=name, certificates=members))
    return ExitCode.ALL_GOOD


@groups.command("remove")
@click.argument("name")
@click.pass_obj
def remove_group(context: Context, name: str) -> int:
    """Bỏ nhóm, không bỏ người trong nhóm."""
    with context.application() as (application, _settings):
        application.directory.remove_group(name)
    return ExitCode.ALL_GOOD


def resolve(directory: Directory, who: Sequence[str]) -> tuple[DirectoryEntry, ...]:
    """Whom each word means: a group's name, a certificate file, else the one person found.

    Raises ``BdsignerError`` USAGE for nobody and for several.
    """
    members = {one.name: one.certificates for one in directory.groups()}
    found: dict[str, DirectoryEntry] = {}
    for word in who:
        if word in members:
            entries = directory.entries(members[word])
        elif Path(word).is_file():
            entries = (directory.entry_of(Path(word).absolute()),)
        else:
            entries = directory.search(word, limit=5).entries or directory.search_servers(word, limit=5).entries
            if len(entries) != 1:
                names = "; ".join(f"{one.name} ({one.certificate.serial_number})" for one in entries)
                raise BdsignerError(ErrorCode.USAGE, reason=f"{word}: {names or '–'}")
        found |= {entry.certificate.sha256: entry for entry in entries}
    return tuple(found.values())


def entry_text(one: DirectoryEntry) -> str:
    """One line and what stands beside it."""
    facts = [one.name, one.title, one.agency, one.email, one.certificate.serial_number, describe_source(one.source)]
    if one.published_at is not None:
        facts.append(tr("công bố {time}").format(time=show_time(one.published_at)))
    if one.is_stale and one.fetched_at is not None:
        facts.append(tr("dữ liệu cũ, lấy lúc {time}").format(time=show_time(one.fetched_at)))
    if one.replaces:
        facts.append(tr("thay chứng thư {serial}").format(serial=one.replaces))
    return " · ".join(fact for fact in facts if fact)


def entry_json(one: DirectoryEntry) -> dict[str, Any]:
    """An entry as programs read it."""
    return {
        "name": one.name,
        "title": one.title,
        "agency": one.agency,
        "email": one.email,
        "source": one.source.value,
        "source_name": one.source_name,
        "published_at": one.published_at.isoformat() if one.published_at else None,
        "fetched_at": one.fetched_at.isoformat() if one.fetched_at else None,
        "stale": one.is_stale,
        "replaces": one.replaces or None,
        "certificate": msgspec.to_builtins(certificate_json(one.certificate)),
    }


def checked_json(one: CheckedRecipient) -> dict[str, Any]:
    """A checked recipient as programs read it."""
    status, remedy = describe_recipient(one)
    return {
        "entry": entry_json(one.entry),
        "status": one.assessment.status.value,
        "sentence": status,
        "remedy": remedy,
        "newer": entry_json(one.newer) if one.newer else None,
    }
