"""Đ14.2: whoever uses a device for the first time is told how it must be kept."""

from bdsigner.errors import UserCancelled
from bdsigner.model.token import Token
from bdsigner.ports import Interaction, Question, QuestionCode, Services

SECRECY_NOTICE = "Đ14.2"
"""Acknowledged for each device: ``Đ14.2 SERIAL``."""


def tell_secrecy(token: Token, services: Services, interaction: Interaction) -> None:
    """Ask for consent once a device.  Raises ``UserCancelled`` when it is not given."""
    notice = f"{SECRECY_NOTICE} {token.serial}"
    if services.memory.is_acknowledged(notice):
        return
    facts = {"label": token.label, "serial": token.serial, "secrecy": services.profile.device_secrecy}
    if not interaction.confirm(Question(QuestionCode.KEEP_DEVICE_SECRET, {**facts})):
        raise UserCancelled
    services.memory.acknowledge(notice, services.clock.now())
