"""What changed after a signature, for each signature of a file; neighbouring revisions are compared once for all."""

import logging
from collections.abc import Mapping
from dataclasses import replace
from functools import cached_property
from pathlib import Path

from pyhanko.pdf_utils import generic

from bdsigner.model.verification import ChangedThing, Finding, FindingCode
from bdsigner.verification.changes.comparison import Comparison
from bdsigner.verification.changes.document import compare_documents
from bdsigner.verification.changes.drawing_cost import MAX_COST, cost_of_page
from bdsigner.verification.changes.history import History, LimitReached
from bdsigner.verification.changes.kinds import Change, Found
from bdsigner.verification.changes.page_numbers import PageNumbers, as_ranges
from bdsigner.verification.changes.permissions import Permissions, read_permissions
from bdsigner.verification.changes.references import References
from bdsigner.verification.changes.unreferenced import unreferenced_content
from bdsigner.verification.findings import fail, note, unknown
from bdsigner.verification.integrity.covering import covers_text
from bdsigner.verification.integrity.structure import Opened

log = logging.getLogger(__name__)

MAX_OBJECTS = 200_000
"""Objects of a file whose changes are analysed: who refers to whom is kept for each."""


MAX_UNUSED_NAMED = 20
"""Objects named in one finding."""


class LaterChanges:
    """Changes between neighbouring revisions of one file, each compared once for all signatures."""

    def __init__(self, opened: Opened, path: Path, signatures: Mapping[int, bool]) -> None:
        """``signatures``: object numbers of the signature dictionaries, true for timestamps."""
        self._reader = opened.reader
        self._opened = opened
        self._path = path
        self._signatures = signatures
        self._compared: dict[int, list[Found]] = {}
        self._limit = ""
        """Why no further revision is compared."""

    def since(
        self, revision: int, signature: generic.DictionaryObject, field: generic.DictionaryObject
    ) -> list[Finding]:
        """Findings on all revisions after ``revision`` for the signature that ends there."""
        try:
            permissions = read_permissions(signature, field)
        except Exception:  # noqa: BLE001  # hostile dictionaries raise anything inside the parser
            return [unknown(Change.NOT_ANALYSED.value, reason="permissions")]
        later = range(revision + 1, self._reader.xrefs.total_revisions)
        return findings_of({number: self._changes(number) for number in later}, permissions)

    def unreferenced(self, revision: int) -> list[Finding]:
        """Say what content that revision holds and does not use; nothing where that would take too long."""
        try:
            unused = unreferenced_content(*self._parts, revision)
        except LimitReached as reached:
            log.info("unused content not looked for: %s", reached)
            return []
        except Exception as error:  # noqa: BLE001  # hostile objects raise anything inside the parser
            log.info("unused content not looked for: %r", error)
            return []
        if not unused:
            return []
        shown = ", ".join(map(str, unused[:MAX_UNUSED_NAMED]))
        return [note(FindingCode.UNREFERENCED_CONTENT, count=str(len(unused)), objects=shown)]

    def _changes(self, new: int) -> list[Found]:
        if new not in self._compared:
            try:
                self._compared[new] = self._compare(new) if not self._limit else _not_analysed(self._limit)
            except LimitReached as reached:
                self._limit = str(reached)
                self._compared[new] = _not_analysed(self._limit)
            except Exception as error:  # noqa: BLE001  # hostile revisions raise anything inside the parser
                log.info("changes not analysed: %r", error)
                self._compared[new] = _not_analysed(type(error).__name__)
        return self._compared[new]

    def _compare(self, new: int) -> list[Found]:
        history, referrers = self._parts
        history.check_time()
        case = Comparison(history, referrers, new - 1, new, self._signatures)
        compare_documents(case)
        pages = PageNumbers(history, new)
        self._look_at_signatures(case, pages)
        for one in case.found:
            log.info("revision %d: %s", new, one)
        found = [
            replace(one, pages=pages.of(case.shown_on[index])) if case.shown_on[index] else one
            for index, one in enumerate(case.found)
        ]
        return found or [Found(change=Change.VALIDATION_DATA)]

    @cached_property
    def _parts(self) -> tuple[History, References]:
        history = History(self._reader)
        if len(history.places()) > MAX_OBJECTS:
            raise LimitReached("objects")
        return history, References(history, self._opened.stream, self._opened.judged_bytes)

    def _look_at_signatures(self, case: Comparison, pages: PageNumbers) -> None:
        """Draw where later signatures stand (sneaky signature attack); a file that ends in other bytes is changed anyway."""
        if self._opened.trailing_bytes:
            return
        for widget, name in case.shown_signatures.items():
            shown_on, _ = case.referrers.climb(widget, case.new)
            if any(cost_of_page(case.history, case.new, page) > MAX_COST for page in shown_on):
                case.report(Change.NOT_ANALYSED, field=name, page_objects=shown_on, detail="too much to draw")
                continue
            for page in pages.of(shown_on):
                if covers_text(self._path, page, widget):
                    thing = ChangedThing.COVERING_SIGNATURE
                    case.report(Change.ANNOTATIONS, thing, field=name, is_new_field=True, page_objects=shown_on)


def findings_of(by_revision: Mapping[int, list[Found]], permissions: Permissions) -> list[Finding]:
    """One finding for each kind of change, with the things and pages it touches."""
    by_change: dict[Change, list[tuple[int, Found]]] = {}
    for revision, changes in by_revision.items():
        for one in changes:
            by_change.setdefault(one.change, []).append((revision, one))
            if not permissions.allow(one):
                by_change.setdefault(Change.FORBIDDEN, []).append((revision, one))
    return [_finding(change, by_change[change]) for change in Change if change in by_change]


def _not_analysed(reason: str) -> list[Found]:
    return [Found(change=Change.NOT_ANALYSED, detail=reason)]


def _finding(change: Change, changes: list[tuple[int, Found]]) -> Finding:
    facts = {
        "revisions": str(len({revision for revision, _ in changes})),
        "things": ",".join(dict.fromkeys(one.thing.value for _, one in changes if one.thing is not None)),
        "fields": ", ".join(dict.fromkeys(one.field for _, one in changes if one.field))[:300],
        "pages": as_ranges({page for _, one in changes for page in one.pages}),
        "detail": "; ".join(dict.fromkeys(one.detail for _, one in changes if one.detail))[:300],
    }
    facts = {name: text for name, text in facts.items() if text}
    if change in (Change.VALIDATION_DATA, Change.SIGNATURES):
        return note(change.value, **facts)
    if change in (Change.FORM, Change.ANNOTATIONS, Change.NOT_ANALYSED):
        return unknown(change.value, **facts)
    return fail(change.value, **facts)
