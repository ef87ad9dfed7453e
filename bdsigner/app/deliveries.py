"""The channels of requests, built when one is first used: every start would pay for their imports else."""

from collections.abc import Callable
from functools import cached_property, partial
from typing import TYPE_CHECKING

from bdsigner.model.profile import ChannelKind

if TYPE_CHECKING:
    from bdsigner.model.profile import Profile, RequestChannel
    from bdsigner.model.request import Attempt
    from bdsigner.ports import Consignment, Delivery, SignChallenge


def make_deliveries(profile: "Profile") -> "dict[ChannelKind, Delivery]":
    """By the kind of channel; a FILE needs none."""
    return {
        ChannelKind.MAIL: _Late(partial(_mail, profile)),
        ChannelKind.HTTPS: _Late(partial(_https, profile)),
    }


def _mail(profile: "Profile") -> "Delivery":
    from bdsigner.net.mail_delivery import MailDelivery
    from bdsigner.storage.credentials import MAIL, read_password

    return MailDelivery(profile.requests, password=partial(read_password, service=MAIL))


def _https(profile: "Profile") -> "Delivery":
    from bdsigner.net.request_https import HttpsDelivery

    return HttpsDelivery(profile.requests, profile.network)


class _Late:
    """A ``ports.Delivery`` that stands for another one."""

    def __init__(self, make: "Callable[[], Delivery]") -> None:
        self._make = make

    @cached_property
    def _made(self) -> "Delivery":
        return self._make()

    def send(
        self,
        consignment: "Consignment",
        channel: "RequestChannel",
        *,
        login: "SignChallenge | None" = None,
        should_stop: Callable[[], bool] = lambda: False,
    ) -> "Attempt":
        """See ``ports.Delivery``."""
        return self._made.send(consignment, channel, login=login, should_stop=should_stop)

    def status(
        self,
        request_id: str,
        channel: "RequestChannel",
        *,
        login: "SignChallenge | None" = None,
        should_stop: Callable[[], bool] = lambda: False,
    ) -> bytes | None:
        """See ``ports.Delivery``."""
        return self._made.status(request_id, channel, login=login, should_stop=should_stop)
