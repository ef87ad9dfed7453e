"""Form fields and their widgets: signing and filling is allowed for, anything else is named (ISO 32000-2 §12.7)."""

from bdsigner.model.verification import ChangedThing
from bdsigner.verification.changes.comparison import Comparison, is_field, is_shown, without
from bdsigner.verification.changes.kinds import Change
from bdsigner.verification.changes.values import Dictionary, Ref, Value, entries_of

MAX_PARENTS = 16
"""Levels of the field tree."""
MAX_ADDED = 2_000
"""Fields added by one revision that are looked at."""
_LINKS = frozenset({"/P", "/Parent", "/Kids"})
_SIGNING = frozenset({"/V", "/AP", "/AS", "/MK", "/M", "/DA", "/F", "/StructParent", "/NM"})
"""What filling a signature field may touch."""
_PLACING = frozenset({"/Type", "/Subtype", "/Rect", "/P", "/Border", "/BS", "/H"})
"""What it may add where there was no widget yet."""
_FILLING = frozenset({"/V", "/AP", "/AS", "/MK", "/M", "/I", "/TI", "/RV", "/DS"})
"""What filling another field may touch; ``/MK`` carries captions and colours."""
_UNSEEN = frozenset({"/StructParent", "/NM"})
_LOOKS = frozenset({"/DR", "/DA", "/Q", "/NeedAppearances", "/CO"})
"""Entries of the form that say how fields without a look of their own are drawn; signatures have theirs."""


def compare_forms(case: Comparison, old_catalog: Dictionary, new_catalog: Dictionary, *, root: int) -> None:
    """Compare the interactive forms of the two catalogs; fields that were there before are judged one by one."""
    held = new_catalog.get("/AcroForm")
    owner = held.number if isinstance(held, Ref) else root
    old, new = entries_of(case.old_entry(old_catalog, "/AcroForm")), entries_of(case.new_entry(new_catalog, "/AcroForm"))  # fmt: skip
    if not new:
        if old:
            case.report(Change.OTHER, ChangedThing.FORM, detail="form removed")
        return
    if isinstance(held, Ref) and held.number in case.changed:
        case.explain(held.number)
    _compare_lists(case, old.get("/Fields"), new.get("/Fields"), parent="", kind="")
    for key in sorted(case.differing(without_fields(old), without_fields(new))):
        _compare_entry(case, key, old, new, owner=owner)


def without_fields(form: Dictionary) -> Dictionary:
    """All entries of a form but the list of its fields."""
    return {key: value for key, value in form.items() if key != "/Fields"}


def _compare_entry(case: Comparison, key: str, old: Dictionary, new: Dictionary, *, owner: int) -> None:
    case.absorb([new.get(key)], owner=owner, kept=without(old, [key]))
    if key == "/SigFlags" or (key in _LOOKS and _has_only_signatures(case, old)):
        return
    if key == "/DR" and _only_adds(case, old.get(key), new.get(key), levels=2):
        return
    if (key == "/DA" and key not in old) or (key == "/NeedAppearances" and new.get(key) is not True):
        return
    case.report(Change.FORM if key in _LOOKS else Change.OTHER, ChangedThing.FORM, detail=key)


def _has_only_signatures(case: Comparison, form: Dictionary) -> bool:
    fields = (entries_of(case.history.read(one, case.old)) for one in case.history.items(form.get("/Fields"), case.old))
    return all(one.get("/FT") == "/Sig" for one in fields)


def _only_adds(case: Comparison, old: Value, new: Value, *, levels: int) -> bool:
    """Whether all that was in a dictionary of resources still is, unchanged."""
    before, after = entries_of(case.history.read(old, case.old)), entries_of(case.history.read(new, case.new))
    for key, value in before.items():
        if case.alike(value, after.get(key)):
            continue
        if levels == 1 or not _only_adds(case, value, after.get(key), levels=levels - 1):
            return False
        if not entries_of(case.history.read(value, case.old)):
            return False
    return True


def _compare_lists(case: Comparison, old: Value, new: Value, *, parent: str, kind: str) -> None:
    """Compare a list of fields or kids: those that were there must stay, others must be signature fields."""
    before, after = case.history.items(old, case.old), case.history.items(new, case.new)
    if isinstance(new, Ref) and new.number in case.changed and isinstance(case.after(new.number), list):
        case.explain(new.number)
    if any(one not in after for one in before):
        case.report(Change.OTHER, ChangedThing.FORM, field=parent, detail="field removed")
    added = [one for one in after if one not in before]
    if len(added) > MAX_ADDED:
        case.report(Change.NOT_ANALYSED, detail="too many fields added")
        return
    for one in added:
        _judge_added(case, one, parent=parent, kind=kind, depth=0)


def _judge_added(case: Comparison, added: Value, *, parent: str, kind: str, depth: int) -> None:
    value = case.history.read(added, case.new)
    entries = value if isinstance(value, dict) else {}
    number = added.number if isinstance(added, Ref) else -1
    name = ".".join(part for part in (parent, _text(entries.get("/T"))) if part)
    if number in case.explained or depth > MAX_PARENTS or not entries:
        return
    if number >= 0 and not case.is_new(number) and number not in case.changed:
        case.report(Change.OTHER, ChangedThing.FORM, field=name, detail="older object made a field")
        return
    case.explain(number)
    kind = str(entries.get("/FT") or kind)
    kids = case.history.items(entries.get("/Kids"), case.new)
    if kind != "/Sig" and not (kids and "/Subtype" not in entries):
        case.report(Change.OTHER, ChangedThing.FORM, field=name, page_objects=_pages(case, number), detail="new field")
        case.absorb(entries.values(), owner=number)
        return
    if kind == "/Sig":
        _judge_new_signature_field(case, entries, number, name)
    for kid in kids:
        _judge_added(case, kid, parent=name, kind=kind, depth=depth + 1)


def _judge_new_signature_field(case: Comparison, entries: Dictionary, number: int, name: str) -> None:
    shown, is_signed = is_shown(entries), _inherited(case, entries, "/V", case.new) is not None
    if number >= 0 and any(case.is_reached(one, case.old) for one in case.referrers.to(number, case.old)):
        case.report(Change.OTHER, ChangedThing.HIDDEN_CONTENT, field=name, detail="prepared field")
    if entries.get("/Subtype", "/Widget") != "/Widget":
        case.report(Change.ANNOTATIONS, ChangedThing.ANNOTATION, field=name, page_objects=_pages(case, number))
    if entries.get("/Type", "/Annot") != "/Annot":
        case.report(Change.OTHER, ChangedThing.PAGES, field=name, detail=str(entries["/Type"]))
    if {"/A", "/AA"} & entries.keys():
        case.report(Change.OTHER, ChangedThing.SCRIPT, field=name, page_objects=_pages(case, number))
    if shown and not is_signed:
        case.report(Change.FORM, ChangedThing.EMPTY_FIELD, field=name, is_new_field=True, page_objects=_pages(case, number))  # fmt: skip
    else:
        _report_signed(case, entries, name, is_new=True)
    if number >= 0:
        case.signature_widgets.add(number)
        if shown and "/AP" in entries:
            case.shown_signatures[number] = name
    elif shown:
        # Nothing can tell such a widget from another one in the page's list.
        case.report(Change.ANNOTATIONS, ChangedThing.SIGNATURE_FIELD, field=name, detail="direct object")
    case.absorb([value for key, value in entries.items() if key not in _LINKS], owner=number)


def _report_signed(case: Comparison, entries: Dictionary, name: str, *, is_new: bool) -> None:
    value = _inherited(case, entries, "/V", case.new)
    if value is None:
        return
    if not isinstance(value, Ref):
        case.report(Change.SIGNATURES, field=name, is_new_field=is_new)
    elif value.number not in case.signatures:
        case.report(Change.OTHER, ChangedThing.SIGNATURE_FIELD, field=name, detail="no signature found in it")
    else:
        is_timestamp = case.signatures[value.number] and not ("/AP" in entries and is_shown(entries))
        change = Change.VALIDATION_DATA if is_timestamp else Change.SIGNATURES
        case.report(change, field=name, is_new_field=is_new)


def compare_field(case: Comparison, number: int) -> None:
    """Judge a field or widget that was there before and was changed."""
    old, new = entries_of(case.before(number)), entries_of(case.after(number))
    case.explain(number)
    name, keys = field_name(case, old, case.old), case.differing(without_links(old), without_links(new))
    kind = str(_inherited(case, old, "/FT", case.old))
    if old.get("/Parent") != new.get("/Parent") or str(_inherited(case, new, "/FT", case.new)) != kind:
        keys.add("/Parent")
    _compare_lists(case, old.get("/Kids"), new.get("/Kids"), parent=name, kind=kind)
    if {"/A", "/AA"} & keys:
        case.report(Change.OTHER, ChangedThing.SCRIPT, field=name, page_objects=_pages(case, number))
    elif kind == "/Sig":
        _compare_signature_field(case, number, keys, name)
    elif keys <= _FILLING | _UNSEEN:
        if keys - _UNSEEN:
            case.report(Change.FORM, ChangedThing.FIELD, field=name, page_objects=_pages(case, number))
    else:
        case.report(Change.OTHER, ChangedThing.FORM, field=name, page_objects=_pages(case, number), detail=str(sorted(keys)))  # fmt: skip
    touched = {"/V", "/AP"} | {key for key in new.keys() - _LINKS if old.get(key) != new[key]}
    case.absorb([new.get(key) for key in touched], owner=number, kept=without(old, touched))


def _compare_signature_field(case: Comparison, number: int, keys: set[str], name: str) -> None:
    old, new = entries_of(case.before(number)), entries_of(case.after(number))
    was_signed = _inherited(case, old, "/V", case.old) is not None
    is_signed = _inherited(case, new, "/V", case.new) is not None
    if not keys - _UNSEEN:
        return
    pages = _pages(case, number)
    if was_signed:
        thing = ChangedThing.SIGNATURE_FIELD if "/V" in keys else ChangedThing.SIGNATURE_LOOK
        case.report(Change.OTHER, thing, field=name, page_objects=pages, detail=str(sorted(keys)))
    elif not is_signed:
        is_plain = keys <= _SIGNING
        case.report(Change.FORM if is_plain else Change.OTHER, ChangedThing.EMPTY_FIELD, field=name, page_objects=pages)
    elif keys <= _SIGNING | {key for key in _PLACING if key not in old} and _is_widget(new):
        case.signature_widgets.add(number)
        if is_shown(new) and "/AP" in new:
            case.shown_signatures[number] = name
        _report_signed(case, new, name, is_new=False)
    else:
        case.report(Change.OTHER, ChangedThing.SIGNATURE_LOOK, field=name, page_objects=pages, detail=str(sorted(keys)))


def _is_widget(entries: Dictionary) -> bool:
    return entries.get("/Subtype", "/Widget") == "/Widget" and entries.get("/Type", "/Annot") == "/Annot"


def without_links(entries: Dictionary) -> Dictionary:
    """All entries but those that tie a field to its page and its relatives."""
    return {key: value for key, value in entries.items() if key not in _LINKS}


def field_name(case: Comparison, entries: Dictionary, revision: int) -> str:
    """The fully qualified name (§12.7.4.2)."""
    parts = []
    for _ in range(MAX_PARENTS):
        if "/T" in entries:
            parts.append(_text(entries["/T"]))
        parent = case.history.read(entries.get("/Parent"), revision)
        if not is_field(entries_of(parent)):
            break
        entries = entries_of(parent)
    return ".".join(reversed(parts))


def _inherited(case: Comparison, entries: Dictionary, key: str, revision: int) -> Value:
    """A value of the field or of the nearest of its parents, its reference kept."""
    for _ in range(MAX_PARENTS):
        if key in entries:
            return entries[key]
        entries = entries_of(case.history.read(entries.get("/Parent"), revision))
    return None


def _pages(case: Comparison, number: int) -> set[int]:
    return case.referrers.climb(number, case.new)[0] if number >= 0 else set()


def _text(value: Value) -> str:
    if not isinstance(value, bytes):
        return ""
    if value.startswith(b"\xfe\xff"):
        return value[2:].decode("utf-16-be", "replace")
    return value.removeprefix(b"\xef\xbb\xbf").decode("utf-8" if value.startswith(b"\xef\xbb\xbf") else "latin-1", "replace")  # fmt: skip
