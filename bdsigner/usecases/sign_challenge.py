"""Log in to the department's server: its challenge signed with the person's token (Đ13.3)."""

import hashlib
from pathlib import Path

from bdsigner.errors import BdsignerError, ErrorCode, RequestError, TokenError
from bdsigner.model.token import SignerIdentity
from bdsigner.ports import Interaction, Services
from bdsigner.regulation.signer import check_device
from bdsigner.signing.check import check_signature_value
from bdsigner.signing.cms import cms_template
from bdsigner.usecases.confirmed_signatures import confirm_signatures
from bdsigner.usecases.sign_files import find_signer
from bdsigner.usecases.token_logins import TokenLogins

MARK = b"bdsigner login 1\n"
"""What is signed begins with (docs/department-api.md): no document does, so a server gets none signed …"""
MAX_CHALLENGE_BYTES = 1024
"""… and is short."""


class ChallengeSigner:
    """A ``ports.SignChallenge``; the person is asked for the PIN with each challenge."""

    def __init__(
        self,
        services: Services,
        *,
        logins: TokenLogins,
        serial: str,
        key_id: str,
        server: str,
        document: Path,
        interaction: Interaction,
    ) -> None:
        """``document`` is what the person is told that this is for, ``server`` the name for errors.  Raises ``TokenError``: not there, not allowed."""
        self._signer = find_signer(services, serial=serial, key_id=key_id)
        check_device(self._signer.token, services.profile.mode)
        self._logins = logins
        self._server = server
        self._document = document
        self._interaction = interaction
        self.error: BdsignerError | None = None
        """What signing ended in: nothing has left for the department's server then."""

    def __call__(self, challenge: bytes) -> bytes:
        """DER CMS SignedData with the challenge inside.  Raises ``TokenError``, ``UserCancelled``, ``RequestError``."""
        try:
            return self._signed(challenge)
        except BdsignerError as error:
            self.error = error
            raise

    def _signed(self, challenge: bytes) -> bytes:
        if len(challenge) > MAX_CHALLENGE_BYTES or not challenge.startswith(MARK):
            raise RequestError(ErrorCode.REQUEST_LOGIN_REFUSED, server=self._server, reason="not a challenge")
        return sign_inside(challenge, self._signer, self._logins, document=self._document, ask=self._interaction)


def sign_inside(
    content: bytes, signer: SignerIdentity, logins: TokenLogins, *, document: Path, ask: Interaction
) -> bytes:
    """One confirmed signature over ``content``, which the CMS carries; ``document`` is shown to the person.

    Raises ``TokenError``, ``UserCancelled``, ``CertificateError``.
    """
    token = signer.token
    if token.pin.locked:
        raise TokenError(ErrorCode.TOKEN_PIN_LOCKED, label=token.label, serial=token.serial)
    template = cms_template(signer.certificate.der, (), signer.mechanism)
    attributes = template.signed_attributes(hashlib.sha256(content).digest())
    digest = hashlib.sha256(attributes).digest()
    with confirm_signatures(logins, signer, [document], pages=0, interaction=ask) as signatures:
        value = signatures.sign(document, digest)
    check_signature_value(signer.certificate.der, digest, value, signer.mechanism)
    return template.signed_data(attributes, value, content=content)
