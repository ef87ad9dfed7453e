"""See which tokens are present and who can sign with them."""

from bdsigner.errors import BdsignerError, CertificateError, ErrorCode, TokenError, error_from
from bdsigner.model.certificate import SIGNING_KEYS, KeyUsage
from bdsigner.model.token import SignerIdentity, SignerListing, TokenProblem
from bdsigner.ports import TokenGateway
from bdsigner.trust.certificates import parse_certificate

SIGNING_USAGES = {KeyUsage.DIGITAL_SIGNATURE, KeyUsage.NON_REPUDIATION}


def no_token(listing: SignerListing, serial: str | None = None) -> BdsignerError:
    """Why the token looked for is not there: where no token is seen at all, what went wrong with a driver says more."""
    if not listing.tokens and listing.problems:
        problem = listing.problems[0]
        return error_from(ErrorCode(problem.code), problem.facts)
    return TokenError(ErrorCode.TOKEN_NOT_FOUND, **({"serial": serial} if serial else {}))


def list_signers(tokens: TokenGateway, *, patience_seconds: float | None = None) -> SignerListing:
    """Read all tokens afresh, in a lasting order; an unreadable certificate is a problem and hides nothing else.

    ``patience_seconds`` is how long slow modules are waited for, see ``TokenGateway.list_tokens``.  Certificates without a signing key usage (Đ3.6) or of a kind we do not sign with are left out of ``signers``.
    """
    listing = tokens.list_tokens(patience_seconds=patience_seconds)
    signers: list[SignerIdentity] = []
    problems = list(listing.problems)
    for token in listing.tokens:
        for on_token in token.certificates:
            try:
                certificate = parse_certificate(on_token.der)
            except CertificateError as error:
                facts = {name: str(value) for name, value in error.facts.items()} | {"label": on_token.label}
                problems.append(TokenProblem(module_path=token.module_path, code=error.code.value, facts=facts))
                continue
            may_sign = not certificate.key_usage or certificate.key_usage & SIGNING_USAGES
            if may_sign and certificate.key_type in SIGNING_KEYS:
                signers.append(SignerIdentity(token=token, key_id=on_token.key_id, certificate=certificate))
    signers.sort(key=lambda signer: (signer.token.label, signer.certificate.common_name, signer.key_id))
    return SignerListing(signers=tuple(signers), tokens=listing.tokens, problems=tuple(problems))
