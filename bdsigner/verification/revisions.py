"""What changed after a signature: revision by revision, by pyHanko's difference analysis, within limits.

Each later revision is first held against a narrow list (signatures, timestamps, validation data, metadata); only if
it does not fit are form values and annotations considered, which are named and never pass as harmless: a value or
an appearance replaced after signing is the shadow attack "replace" (hardening.md).
"""

import logging
import time
from collections.abc import Iterable
from typing import TYPE_CHECKING

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.reader import PdfFileReader

from bdsigner.model.verification import Finding, FindingCode
from bdsigner.verification.changes import Change
from bdsigner.verification.findings import fail, note, unknown
from bdsigner.verification.integrity.values import as_dictionary, entry, raw_items

if TYPE_CHECKING:
    from pyhanko.sign.fields import FieldMDPSpec, MDPPerm

log = logging.getLogger(__name__)

MAX_OBJECTS = 60_000
"""Objects of a file whose changes are analysed: the analysis walks all of them for each revision."""
MAX_SECONDS = 5.0
"""No further revision is compared after this; the child's own limit is 10 s of CPU."""


class LaterChanges:
    """Changes between neighbouring revisions of one file, each compared once for all signatures."""

    def __init__(self, reader: PdfFileReader, timestamp_revisions: Iterable[int]) -> None:
        self._reader = reader
        self._timestamp_revisions = frozenset(timestamp_revisions)
        self._compared: dict[int, tuple[Change, str]] = {}
        self._deadline = time.monotonic() + MAX_SECONDS
        revisions = range(reader.xrefs.total_revisions)
        self._objects = sum(len(reader.xrefs.explicit_refs_in_revision(number)) for number in revisions)

    def since(
        self, revision: int, signature: generic.DictionaryObject, field: generic.DictionaryObject
    ) -> list[Finding]:
        """Findings on all revisions after ``revision`` for the signature that ends there."""
        try:
            permissions, locks = _permissions(signature, field)
        except Exception:  # noqa: BLE001  # hostile dictionaries raise anything inside the parser
            return [unknown(FindingCode.CHANGES_NOT_ANALYSED, reason="permissions")]
        found: dict[Change, list[str]] = {}
        for number in range(revision, self._reader.xrefs.total_revisions - 1):
            change, detail = self._change(number)
            found.setdefault(change, []).append(detail)
            if not self._is_permitted(number, change, permissions, locks):
                found.setdefault(Change.FORBIDDEN, []).append(change.value.value)
        return [_finding(change, found[change]) for change in Change if change in found]

    def _change(self, old: int) -> tuple[Change, str]:
        if old not in self._compared:
            self._compared[old] = self._compare(old)
        return self._compared[old]

    def _compare(self, old: int) -> tuple[Change, str]:
        if self._objects > MAX_OBJECTS:
            return Change.NOT_ANALYSED, "too many objects"
        if time.monotonic() > self._deadline:
            return Change.NOT_ANALYSED, "time"
        from bdsigner.verification import difference  # costs 0.5 s to load, needed for files with later revisions only

        try:
            kind, fields = difference.classify(self._reader, old, old + 1)
        except Exception as error:  # noqa: BLE001  # hostile revisions raise anything inside the analysis
            log.info("changes not analysed: %r", error)
            return Change.NOT_ANALYSED, type(error).__name__
        if kind is Change.VALIDATION_DATA and fields and old + 1 not in self._timestamp_revisions:
            kind = Change.SIGNATURES
        return kind, ", ".join(sorted(fields))[:300]

    def _is_permitted(
        self, old: int, change: Change, permissions: "MDPPerm | None", locks: "FieldMDPSpec | None"
    ) -> bool:
        if permissions is None and locks is None:
            return True
        if change is Change.VALIDATION_DATA or (
            change is Change.SIGNATURES and old + 1 in self._timestamp_revisions and permissions is not None
        ):
            return True
        from bdsigner.verification import difference  # as above

        try:
            return difference.is_permitted(self._reader, old, old + 1, permissions, locks)
        except Exception as error:  # noqa: BLE001  # hostile revisions raise anything inside the analysis
            log.info("permissions not analysed: %r", error)
            return False


def _permissions(
    signature: generic.DictionaryObject, field: generic.DictionaryObject
) -> tuple["MDPPerm | None", "FieldMDPSpec | None"]:
    references, lock = raw_items(entry(signature, "/Reference")), as_dictionary(entry(field, "/Lock"))
    if not references and lock is None:
        return None, None
    from bdsigner.verification import difference  # as above

    return difference.permissions_of(references, lock)


def _finding(change: Change, details: list[str]) -> Finding:
    facts = {"revisions": str(len(details))}
    named = "; ".join(dict.fromkeys(detail for detail in details if detail))
    if named:
        facts["what"] = named[:300]
    if change in (Change.VALIDATION_DATA, Change.SIGNATURES):
        return note(change.value, **facts)
    if change in (Change.FORM, Change.ANNOTATIONS, Change.NOT_ANALYSED):
        return unknown(change.value, **facts)
    return fail(change.value, **facts)
