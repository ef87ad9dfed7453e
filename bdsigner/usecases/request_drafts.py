"""What a request to the department will need, put together at the moment it becomes necessary (Đ7.1d, Đ8.1a)."""

from bdsigner.errors import CertificateError, ErrorCode, TokenError
from bdsigner.model.certificate import Certificate
from bdsigner.model.device import KnownDevice, RequestCase, RequestDraft
from bdsigner.ports import Services
from bdsigner.trust.certificates import parse_certificate


def draft_request(case: RequestCase, serial: str, services: Services) -> RequestDraft:
    """Fill in everything that is known of a device, present or not, and keep it.

    The newest of the certificates seen on it is meant.  Raises ``TokenError`` TOKEN_NOT_FOUND for a device that was
    never seen here.
    """
    device = next((each for each in services.memory.devices() if each.serial == serial), None)
    if device is None:
        raise TokenError(ErrorCode.TOKEN_NOT_FOUND, serial=serial)
    draft = RequestDraft(case=case, serial=serial, created_at=services.clock.now(), facts=_facts(device))
    services.memory.save_draft(draft)
    return draft


def newest_certificate(device: KnownDevice) -> Certificate | None:
    """Of the certificates seen on a device the one that began last; ``None`` when none can be read."""
    readable = []
    for der in device.certificates:
        try:
            readable.append(parse_certificate(der))
        except CertificateError:
            continue
    return max(readable, key=lambda certificate: certificate.not_before, default=None)


def _facts(device: KnownDevice) -> dict[str, str]:
    """By the keys of regulation.md §13, Mẫu số 04, in the order of the form; then the device."""
    certificate = newest_certificate(device)
    facts = {} if certificate is None else _certificate_facts(certificate)
    facts |= {"device_serial": device.serial, "device_label": device.label, "device_model": device.model}
    return {name: value for name, value in facts.items() if value}


def _certificate_facts(certificate: Certificate) -> dict[str, str]:
    return {
        "full_name": certificate.common_name.upper(),
        "workplace": certificate.agency,
        "position": certificate.title,
        "email": certificate.email,
        "cert_serial": certificate.serial_number,
        "cert_issued_on": certificate.not_before.isoformat(),
        "cert_expires_on": certificate.not_after.isoformat(),
    }
