"""A virtual PIV card (NIST SP 800-73-4) behind a virtual reader: real counters, real insertion and removal."""

from tests.rigs.piv.card import CARD_AUTHENTICATION, DECRYPT, SIGN, SIGN_EACH, PivCard, Slot
from tests.rigs.piv.reader import Reader

__all__ = ["CARD_AUTHENTICATION", "DECRYPT", "SIGN", "SIGN_EACH", "PivCard", "Reader", "Slot"]
