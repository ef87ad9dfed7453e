"""Catalog, pages and annotations, and whatever no other rule knows (ISO 32000-2 §7.7, §12.5)."""

from bdsigner.model.verification import ChangedThing
from bdsigner.verification.changes.comparison import UNSEEN, Comparison, is_field, without
from bdsigner.verification.changes.form import compare_field, compare_forms
from bdsigner.verification.changes.kinds import Change
from bdsigner.verification.changes.values import Dictionary, Ref, Value, entries_of, references

_VALIDATION = frozenset({"/DSS", "/Extensions", "/Version", "/Metadata"})
_UNSEEN_ON_PAGE = frozenset({"/PieceInfo", "/LastModified", "/StructParents", "/Tabs", "/Metadata", "/ID"})
_THINGS = {
    "/Pages": ChangedThing.PAGES,
    "/OpenAction": ChangedThing.SCRIPT,
    "/AA": ChangedThing.SCRIPT,
    "/OCProperties": ChangedThing.LAYERS,
    "/Names": ChangedThing.NAMES,
    "/Dests": ChangedThing.NAMES,
    "/AF": ChangedThing.ATTACHMENT,
    "/Collection": ChangedThing.ATTACHMENT,
    "/Outlines": ChangedThing.OUTLINE,
    "/PageLabels": ChangedThing.OUTLINE,
    "/AcroForm": ChangedThing.FORM,
    "/Perms": ChangedThing.CERTIFICATION,
}


def compare_documents(case: Comparison) -> None:
    """Explain every changed object; what is left is a change of the document."""
    old_trailer, new_trailer = case.history.trailer(case.old), case.history.trailer(case.new)
    _compare_trailers(case, old_trailer, new_trailer)
    old, new = (entries_of(case.old_entry(old_trailer, "/Root")), entries_of(case.new_entry(new_trailer, "/Root")))
    root = new_trailer.get("/Root")
    number = root.number if isinstance(root, Ref) else -1
    case.explain(number)
    compare_forms(case, old, new, root=number)
    _compare_catalogs(case, old, new, root=number)
    for changed in sorted(case.changed - case.explained):
        if all(isinstance(one, dict) and is_field(one) for one in (case.before(changed), case.after(changed))):
            compare_field(case, changed)
    for changed in sorted(case.changed - case.explained):
        _compare_object(case, changed)
    for changed in sorted(case.changed - case.explained):
        _judge_unexplained(case, changed)


def _compare_trailers(case: Comparison, old: Dictionary, new: Dictionary) -> None:
    if old.get("/Encrypt") != new.get("/Encrypt") or references(new.get("/Encrypt")) & case.changed:
        case.report(Change.OTHER, ChangedThing.ENCRYPTION)
    case.absorb([new.get("/Info")], owner=0, kept=without(old, ["/Info"]))


def _compare_catalogs(case: Comparison, old: Dictionary, new: Dictionary, *, root: int) -> None:
    for key in sorted(old.keys() | new.keys()):
        if key in _VALIDATION | UNSEEN:
            case.absorb([new.get(key)], owner=root, kept=without(old, [key]))
        elif key == "/AcroForm" or old.get(key) == new.get(key):
            continue  # what became of the object referred to is judged by itself
        elif case.alike(old.get(key), new.get(key)) or (
            key == "/Perms" and _only_certifies(case, old.get(key), new.get(key))
        ):
            case.absorb([new.get(key)], owner=root, kept=without(old, [key]))
        else:
            pages = case.referrers.climb(root, case.new)[0] if key == "/Pages" else set()
            case.report(Change.OTHER, _THINGS.get(key, ChangedThing.CATALOG), page_objects=pages, detail=key)
            case.absorb([new.get(key)], owner=root, kept=without(old, [key]))


def _only_certifies(case: Comparison, old: Value, new: Value) -> bool:
    """Whether permissions were added that a signature of this file grants (§12.8.6)."""
    before, after = entries_of(case.history.read(old, case.old)), entries_of(case.history.read(new, case.new))
    if any(not case.alike(value, after.get(key)) for key, value in before.items()):
        return False
    return all(isinstance(value, Ref) and value.number in case.signatures for value in after.values())


def _compare_object(case: Comparison, number: int) -> None:
    before, after = case.before(number), case.after(number)
    old, new = entries_of(before), entries_of(after)
    if case.referrers.is_page(number, case.old) and case.referrers.is_page(number, case.new):
        _compare_pages(case, number, old, new)
    elif isinstance(before, list) and isinstance(after, list):
        _compare_annotation_list(case, number, before, after)
    elif isinstance(before, dict) and isinstance(after, dict) and "/Rect" in old and "/Subtype" in old:
        _compare_annotation(case, number, old, new)


def _compare_pages(case: Comparison, number: int, old: Dictionary, new: Dictionary) -> None:
    case.explain(number)
    keys = case.differing(old, new) - _UNSEEN_ON_PAGE
    if old.get("/Parent") != new.get("/Parent"):
        keys.add("/Parent")
    if "/Annots" in keys:
        before = case.history.items(old.get("/Annots"), case.old)
        held = new.get("/Annots")
        if isinstance(held, Ref) and held.number in case.changed and isinstance(case.after(held.number), list):
            case.explain(held.number)
        _compare_annotations(case, number, before, case.history.items(held, case.new))
    other = keys - {"/Annots"}
    resaved = {key for key in new if old.get(key) != new[key]} - keys
    case.absorb([new[key] for key in resaved], owner=number, kept=without(old, resaved))
    if other:
        thing = ChangedThing.SCRIPT if other == {"/AA"} else ChangedThing.PAGE_CONTENT
        case.report(Change.OTHER, thing, page_objects=[number], detail=str(sorted(other)))
        case.absorb([new.get(key) for key in other], owner=number, kept=without(old, other))


def _compare_annotation_list(case: Comparison, number: int, before: list[Value], after: list[Value]) -> None:
    holders = set(case.referrers.to(number, case.new))
    pages = [one for one in holders if _lists_annotations(case.after(one), number)]
    if pages and len(pages) == len(holders):
        case.explain(number)
        for page in pages:
            _compare_annotations(case, page, before, after)


def _lists_annotations(page: Value, number: int) -> bool:
    entries = entries_of(page)
    held = entries.get("/Annots")
    return entries.get("/Type") == "/Page" and isinstance(held, Ref) and held.number == number


def _compare_annotations(case: Comparison, page: int, before: list[Value], after: list[Value]) -> None:
    """Annotations that were there must stay, in their order; only widgets of signatures may come."""
    kept = [one for one in after if one in before]
    if kept != before:
        case.report(Change.ANNOTATIONS, ChangedThing.ANNOTATION, page_objects=[page], detail="removed or moved")
    for one in after:
        if one in before:
            continue
        number = one.number if isinstance(one, Ref) else -1
        if number in case.signature_widgets:
            continue
        value = case.history.read(one, case.new)
        if value is None:
            continue
        entries = entries_of(value)
        is_older = number >= 0 and number not in case.changed
        change = Change.OTHER if is_field(entries) or is_older else Change.ANNOTATIONS
        thing = ChangedThing.SCRIPT if {"/AA", "/A"} & entries.keys() and entries.get("/Subtype") != "/Link" else ChangedThing.ANNOTATION  # fmt: skip
        case.report(change, thing, page_objects=[page], detail=str(entries.get("/Subtype")))
        case.explain(number)
        case.absorb(entries.values(), owner=number)
        popup = entries.get("/Popup")
        if isinstance(popup, Ref):
            case.explain(popup.number)


def _compare_annotation(case: Comparison, number: int, old: Dictionary, new: Dictionary) -> None:
    case.explain(number)
    if not case.differing(old, new) - {"/StructParent", "/NM", "/M"}:
        return
    pages, _ = case.referrers.climb(number, case.new)
    case.report(Change.ANNOTATIONS, ChangedThing.ANNOTATION, page_objects=pages, detail=str(new.get("/Subtype")))
    case.absorb(new.values(), owner=number, kept=without(old, ["/AP", "/Popup"]))


def _judge_unexplained(case: Comparison, number: int) -> None:
    """Who reaches an object that no rule knows decides what it means; nobody: it is not part of the document."""
    pages, entries = case.referrers.climb(number, case.new)
    entries -= UNSEEN
    if pages:
        thing = ChangedThing.HIDDEN_CONTENT if case.is_new(number) else ChangedThing.PAGE_CONTENT
        case.report(Change.OTHER, thing, page_objects=pages, detail=f"object {number}")
    elif entries:
        things = {_THINGS.get(entry, ChangedThing.CATALOG) for entry in entries}
        for thing in sorted(things):
            case.report(Change.OTHER, thing, detail=f"object {number} {sorted(entries)}")
