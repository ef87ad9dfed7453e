"""Find people to encrypt for: in what this machine knows, on the department's servers, on tokens and in files (Đ9)."""

import logging
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from bdsigner.errors import CertificateError, DirectoryError
from bdsigner.model.directory import (
    BundleImport,
    DirectoryEntry,
    DirectorySource,
    SearchResult,
    one_per_person,
)
from bdsigner.model.verification import FileReport, Verdict, VerificationOutcome
from bdsigner.ports import RemoteDirectory, Services
from bdsigner.trust.certificates import parse_certificate

log = logging.getLogger(__name__)


def find_recipients(query: str, services: Services, *, limit: int) -> SearchResult:
    """Look into the address book; each person once.  Never raises and asks nobody."""
    result = services.address_book.search(query, limit=limit)
    return replace(result, entries=with_age(result.entries, services))


def ask_directories(
    query: str, services: Services, *, limit: int, should_stop: Callable[[], bool] = lambda: False
) -> SearchResult:
    """Ask all directories of the profile side by side, and remember what they say.

    One that does not answer is a problem of the result, not its end.  Raises ``UserCancelled``.
    """
    if not services.directories or not query.strip():
        return SearchResult()

    def ask(directory: RemoteDirectory) -> tuple[DirectoryEntry, ...] | DirectoryError:
        try:
            return directory.search(query, limit=limit, should_stop=should_stop)
        except DirectoryError as error:
            log.warning("%s: %s", directory.name, error)
            return error

    with ThreadPoolExecutor(len(services.directories), thread_name_prefix="directory") as pool:
        answers = tuple(pool.map(ask, services.directories))
    found = [entry for answer in answers if not isinstance(answer, DirectoryError) for entry in answer]
    services.address_book.learn(found)
    people = one_per_person(found, services.clock.now())
    return SearchResult(
        entries=people[:limit],
        is_complete=len(people) <= limit and all(isinstance(a, DirectoryError) or len(a) <= limit for a in answers),
        problems=tuple(answer.code.value for answer in answers if isinstance(answer, DirectoryError)),
    )


def with_age(entries: Iterable[DirectoryEntry], services: Services) -> tuple[DirectoryEntry, ...]:
    """Mark what was learned longer ago than the profile lets pass without a word."""
    oldest = services.clock.now() - timedelta(days=services.profile.directory.stale_days)
    return tuple(
        replace(entry, is_stale=entry.fetched_at is not None and entry.fetched_at < oldest) for entry in entries
    )


def entry_of_file(path: Path, services: Services) -> DirectoryEntry:
    """Take a certificate file that a person chose.  Raises ``CertificateError``, ``DocumentError``."""
    entry = DirectoryEntry.of(services.documents.read_certificate(path), DirectorySource.FILE, path.name)
    services.address_book.learn([entry])
    return entry


def own_entries(services: Services) -> tuple[DirectoryEntry, ...]:
    """Certificates of the tokens plugged in: those to encrypt for, else all.  No PIN.  Raises ``TokenError``."""
    entries = []
    for token in services.tokens.list_tokens().tokens:
        for one in token.certificates:
            try:
                entries.append(DirectoryEntry.of(parse_certificate(one.der), DirectorySource.OWN, token.label))
            except CertificateError:
                continue  # told by the listing of signers
    usable = tuple(entry for entry in entries if entry.certificate.may_encrypt)
    return usable or tuple(entries)


def learn_signers(outcomes: Sequence[VerificationOutcome], services: Services) -> None:
    """Remember the certificates of signatures that were found good.  Never raises."""
    entries = {
        entry.certificate.sha256: entry
        for outcome in outcomes
        if outcome.report is not None
        for entry in _signers(outcome.report, outcome.path.name)
    }
    known = {one.certificate.sha256 for one in services.address_book.entries(tuple(entries))}
    services.address_book.learn([entry for sha256, entry in entries.items() if sha256 not in known])


def _signers(report: FileReport, name: str) -> list[DirectoryEntry]:
    entries = [
        DirectoryEntry.of(signature.signer, DirectorySource.LEARNED, name)
        for signature in report.signatures
        if signature.verdict is Verdict.VALID and signature.signer is not None and not signature.is_document_timestamp
    ]
    return entries + (_signers(report.inner, name) if report.inner is not None else [])


def import_bundle(path: Path, services: Services) -> BundleImport:
    """Take over a directory that was brought along as a signed file.  Raises ``DirectoryError``, ``DocumentError``."""
    bundle = services.bundles.read(path)
    newest = services.address_book.remember_bundle(bundle.made_at)
    is_old = newest is not None and newest > bundle.made_at
    known: set[str] = set()
    if is_old:  # what a later file said stays
        found = services.address_book.entries([one.certificate.sha256 for one in bundle.entries])
        known = {one.certificate.sha256 for one in found}
    entries = [entry for entry in bundle.entries if entry.certificate.sha256 not in known]
    services.address_book.learn(entries)
    return BundleImport(
        entries=len(entries),
        unreadable=bundle.unreadable,
        made_at=bundle.made_at,
        is_signer_checked=bundle.is_signer_checked,
        newer_known=newest if is_old else None,
    )
