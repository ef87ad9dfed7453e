"""What device and certificate are asked before anything is signed with them."""

from bdsigner.errors import CertificateError, ErrorCode, TokenError
from bdsigner.model.token import SignerIdentity, Token
from bdsigner.ports import Interaction, Question, QuestionCode, Services
from bdsigner.regulation.effect import with_publication
from bdsigner.regulation.signer import check_device, check_signer


def check_token(token: Token, services: Services) -> None:
    """Raises ``TokenError``: TOKEN_SOFTWARE_REFUSED, TOKEN_PIN_LOCKED."""
    check_device(token, services.profile.mode)
    if token.pin.locked:
        raise TokenError(ErrorCode.TOKEN_PIN_LOCKED, label=token.label, serial=token.serial)


def checked_chain(signer: SignerIdentity, services: Services, interaction: Interaction) -> tuple[bytes, ...]:
    """DER of the certificate's issuers, once it was found in force, or the person goes on without knowing.

    Raises ``CertificateError``; ``UserCancelled``.
    """
    others = tuple(one.der for one in signer.token.certificates if one.der != signer.certificate.der)
    assessment = services.documents.assess_certificate(signer.certificate.der, others, at=services.clock.now())
    publication = services.publications.find(signer.certificate)
    if not check_signer(signer.certificate, with_publication(assessment, publication)):
        question = Question(
            QuestionCode.SIGN_UNCHECKED_CERTIFICATE,
            {"name": signer.certificate.common_name, "is_issuer_known": assessment.is_issuer_known},
        )
        if not interaction.confirm(question):
            raise CertificateError(ErrorCode.CERTIFICATE_UNCHECKED, name=signer.certificate.common_name)
    return assessment.chain
