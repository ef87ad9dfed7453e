"""What a form says before anybody types: the device, its certificate, the address book, what was typed before."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from bdsigner.department.cases import REASONS
from bdsigner.department.checking import written_values
from bdsigner.model.certificate import Certificate
from bdsigner.model.device import KnownDevice, RequestCase
from bdsigner.model.directory import PUBLISHING, DirectoryEntry, DirectorySource
from bdsigner.model.form import FormTemplate
from bdsigner.model.vietnamese import fold
from bdsigner.ports import Services
from bdsigner.regulation.signing_time import VIETNAM_TIME
from bdsigner.usecases.request_drafts import (
    certificate_facts,
    device_facts,
    newest_certificate,
    plain_serial,
    readable_certificates,
)

REMEMBERED = frozenset(
    {
        "full_name",
        "gender",
        "birth_date",
        "birth_place",
        "nationality",
        "id_number",
        "id_issued_on",
        "id_issued_at",
        "permanent_address",
        "email",
        "phone_home",
        "phone_mobile",
        "workplace",
        "position",
        "department",
        "work_phone",
        "work_fax",
        "agency",
        "agency_address",
        "agency_phone",
        "agency_fax",
    }
)
"""What stays true of a person from one form to the next; nothing of devices, certificates, reasons and days of signing."""
_IN_CERTIFICATES = frozenset({"workplace", "agency", "position"})
"""Remembered only when they are typed: a later certificate says them better."""
_OTHER_NAMES = (
    ("agency", "workplace"),
    ("agency_phone", "work_phone"),
    ("agency_fax", "work_fax"),
    ("agency_name", "workplace"),
    ("old_serial", "cert_serial"),
    ("old_issued_on", "cert_issued_on"),
    ("old_expires_on", "cert_expires_on"),
)
"""The same under the names of Mẫu số 01 and 02, and of Mẫu số 04."""
_MOMENTS = ("cert_issued_on", "cert_expires_on")
SERIAL_KEYS = ("cert_serial", "old_serial")
"""Where a form names a certificate."""
_SEARCHED = 10
"""People with the same mailbox or serial number in the address book; more are no help."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """Values that fit the form, and the certificates they may be about."""

    values: dict[str, str]
    certificates: tuple[Certificate, ...]


def known_values(
    template: FormTemplate,
    case: RequestCase,
    services: Services,
    *,
    device: KnownDevice | None,
    typed: Mapping[str, str],
) -> Known:
    """What is known of the device and its certificate, then of the address book's entry, then what was typed before.

    ``typed`` says whom it is about where there is no device; asks nobody outside this machine.
    """
    certificate = newest_certificate(device) if device is not None else None
    entry = _directory_entry(certificate, typed, services)
    of_device = device_facts(device) if device is not None else {}
    of_directory = {} if entry is None else _entry_facts(entry)
    person = of_directory | of_device | {key: value for key, value in typed.items() if value}
    reason = {"reason": REASONS[case]} if case in REASONS else {}
    values: dict[str, str] = {}
    for layer in (_remembered(person, services), of_directory, of_device | reason):
        values |= _fitting(template, _by_all_names(layer), services)
    certificates = readable_certificates(device) if device is not None else []
    if entry is not None:
        certificates.append(entry.certificate)
    return Known(values=values, certificates=tuple(certificates))


def certificate_meant(known: Sequence[Certificate], values: Mapping[str, str]) -> Certificate | None:
    """Of the certificates known here the one whose serial number stands in the form."""
    wanted = {plain_serial(values[key]) for key in SERIAL_KEYS if values.get(key)}
    return next((one for one in known if one.serial_number in wanted), None)


def remember_typed(accepted: Mapping[str, str], values: Mapping[str, str], services: Services) -> None:
    """Keep what a person typed of themselves for the next form; of another person than before, instead of it.

    ``values`` are all of the form and say whose it is: after a slip in the name was corrected the rest is still theirs.
    Without a name nothing is kept, as it would end up in somebody else's form.
    """
    if not REMEMBERED & accepted.keys() or not values.get("full_name"):
        return
    before = services.typed_values.recall()
    if before and not _is_same_person(before, values):
        services.typed_values.forget()
    services.typed_values.remember(
        {
            key: value
            for key, value in values.items()
            if key in REMEMBERED and (key in accepted or key not in _IN_CERTIFICATES)
        }
    )


def _remembered(person: Mapping[str, str], services: Services) -> dict[str, str]:
    """What was typed before by this very person: a clerk fills in forms of many."""
    if not person.get("full_name"):
        return {}
    before = services.typed_values.recall()
    is_theirs = bool(before.get("full_name")) and _is_same_person(before, person)
    return {key: value for key, value in before.items() if key in REMEMBERED} if is_theirs else {}


def _is_same_person(one: Mapping[str, str], other: Mapping[str, str]) -> bool:
    """Whether nothing says otherwise: names are shared by many, so the mailbox is compared too."""
    return all(
        fold(one[key].strip()) == fold(other[key].strip())
        for key in ("full_name", "email")
        if one.get(key) and other.get(key)
    )


def _directory_entry(
    certificate: Certificate | None, typed: Mapping[str, str], services: Services
) -> DirectoryEntry | None:
    """What the address book on this machine says of the person, its own department's word first."""
    book = services.address_book
    if certificate is not None:
        own = DirectoryEntry.of(certificate, DirectorySource.OWN)
        found = [*book.entries([certificate.sha256]), *_search(own.email or own.certificate.serial_number, services)]
        return _best([one for one in found if one.certificate.sha256 == certificate.sha256 or one.person == own.person])
    serials = {plain_serial(typed[key]) for key in SERIAL_KEYS if typed.get(key)}
    for serial in serials:
        same = [one for one in _search(serial, services) if one.certificate.serial_number == serial]
        if len(same) == 1:  # issuers number for themselves: two of the same number are two people
            return same[0]
    name, email = fold(typed.get("full_name", "").strip()), typed.get("email", "").strip().casefold()
    if serials or not name or not email:
        return None
    return _best([one for one in _search(email, services) if one.person == f"{name}\n{email}"])


def _search(query: str, services: Services) -> tuple[DirectoryEntry, ...]:
    return services.address_book.search(query, limit=_SEARCHED).entries if query else ()


def _best(entries: list[DirectoryEntry]) -> DirectoryEntry | None:
    return max(entries, key=lambda one: one.source in PUBLISHING, default=None)


def _entry_facts(entry: DirectoryEntry) -> dict[str, str]:
    said = {
        "full_name": entry.name.upper(),
        "workplace": entry.agency,
        "position": entry.title,
        "email": entry.email,
    }
    return certificate_facts(entry.certificate) | {key: value for key, value in said.items() if value}


def _by_all_names(facts: Mapping[str, str]) -> dict[str, str]:
    shown = {key: _as_day(value) if key in _MOMENTS else value for key, value in facts.items() if value}
    for one, other in _OTHER_NAMES:
        for key, source in ((one, other), (other, one)):
            if key not in shown and source in shown:
                shown[key] = shown[source]
    return shown


def _fitting(template: FormTemplate, facts: Mapping[str, str], services: Services) -> dict[str, str]:
    """What the form has room for, in its written form; what it would refuse is left out."""
    asked = {one.key: facts[one.key] for one in template.fields if one.key in facts}
    profile = services.profile
    return written_values(template.fields, asked, domains=profile.mail_domains, max_years=profile.max_term_years)[0]


def _as_day(moment: str) -> str:
    return datetime.fromisoformat(moment).astimezone(VIETNAM_TIME).strftime("%d/%m/%Y")
