"""What a request to the department will need, put together at the moment it becomes necessary (Đ7.1d, Đ8.1a)."""

from bdsigner.errors import CertificateError, ErrorCode, TokenError
from bdsigner.model.certificate import Certificate
from bdsigner.model.device import KnownDevice, RequestCase, RequestDraft
from bdsigner.ports import Services
from bdsigner.trust.certificates import parse_certificate


def draft_request(case: RequestCase, serial: str, services: Services) -> RequestDraft:
    """Fill in everything that is known of a device, present or not, and keep it.

    The newest of the certificates seen on it is meant.  In case Đ7.1d the device signs no more on this machine from
    then on.  Raises ``TokenError`` TOKEN_NOT_FOUND for a device that was never seen here.
    """
    device = known_device(serial, services)
    draft = RequestDraft(case=case, serial=serial, created_at=services.clock.now(), facts=device_facts(device))
    services.memory.save_draft(draft)
    return draft


def known_device(serial: str, services: Services) -> KnownDevice:
    """A device that was seen on this machine.  Raises ``TokenError`` TOKEN_NOT_FOUND."""
    device = find_device(serial, services)
    if device is None:
        raise TokenError(ErrorCode.TOKEN_NOT_FOUND, serial=serial)
    return device


def find_device(serial: str, services: Services) -> KnownDevice | None:
    """A device that was seen on this machine, as far as that is still known."""
    return next((each for each in services.memory.devices() if each.serial == serial), None)


def device_holding(cert_serial: str, services: Services) -> KnownDevice | None:
    """The device on which a certificate of that serial number was seen, however the number is spelt."""
    wanted = plain_serial(cert_serial)
    return next(
        (
            device
            for device in services.memory.devices()
            if wanted in [one.serial_number for one in readable_certificates(device)]
        ),
        None,
    )


def plain_serial(typed: str) -> str:
    """A certificate's serial number as ``Certificate.serial_number`` has it: people copy it with blanks and colons."""
    return "".join(character for character in typed.upper() if character.isalnum()).lstrip("0")


def readable_certificates(device: KnownDevice) -> list[Certificate]:
    """The certificates seen on a device, without those that cannot be read."""
    readable = []
    for der in device.certificates:
        try:
            readable.append(parse_certificate(der))
        except CertificateError:
            continue
    return readable


def newest_certificate(device: KnownDevice) -> Certificate | None:
    """Of the certificates seen on a device the one that began last; ``None`` when none can be read."""
    return max(readable_certificates(device), key=lambda certificate: certificate.not_before, default=None)


def device_facts(device: KnownDevice) -> dict[str, str]:
    """By the keys of regulation.md §13, Mẫu số 04, in the order of the form; then the device."""
    certificate = newest_certificate(device)
    facts = {} if certificate is None else certificate_facts(certificate)
    facts |= {"device_serial": device.serial, "device_label": device.label, "device_model": device.model}
    return {name: value for name, value in facts.items() if value}


def certificate_facts(certificate: Certificate) -> dict[str, str]:
    """By the keys of Mẫu số 04; moments in ISO 8601."""
    return {
        "full_name": certificate.common_name.upper(),
        "workplace": certificate.agency,
        "position": certificate.title,
        "email": certificate.email,
        "cert_serial": certificate.serial_number,
        "cert_issued_on": certificate.not_before.isoformat(),
        "cert_expires_on": certificate.not_after.isoformat(),
    }
