"""``[requests]`` of a profile as the program uses it."""

from bdsigner.model.profile import ChannelKind, MailServer, RequestChannel, RequestPolicy
from bdsigner.storage.profile_file import FileChannelTable, HttpsChannelTable, MailChannelTable, RequestsTable


def request_policy(table: RequestsTable, *, roots: tuple[bytes, ...], mail_roots: tuple[bytes, ...]) -> RequestPolicy:
    """The policy; the roots are of the department's server and of the agency's mail server."""
    return RequestPolicy(
        channels=tuple(_channel(one) for one in table.channels),
        roots=roots,
        mail_roots=mail_roots,
        receipt_signers=tuple(one.lower() for one in table.receipt_signers),
        forms_signer=table.forms_signer.lower(),
        phone=table.phone,
        confirm_hours=table.confirm_hours,
    )


def _channel(table: MailChannelTable | HttpsChannelTable | FileChannelTable) -> RequestChannel:
    match table:
        case MailChannelTable():
            server = MailServer(host=table.host, port=table.port, security=table.security, user=table.user)
            return RequestChannel(id=table.id, name=table.name, kind=ChannelKind.MAIL, to=table.to, server=server)
        case HttpsChannelTable():
            return RequestChannel(
                id=table.id, name=table.name, kind=ChannelKind.HTTPS, url=table.url, has_login=table.login
            )
        case FileChannelTable():
            return RequestChannel(id=table.id, name=table.name, kind=ChannelKind.FILE)
