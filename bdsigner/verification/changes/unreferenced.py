"""Content of a signed revision that the document does not use, and that a later revision could bring forth.

What the shadow attack "hide" prepares before anyone signs.  Bringing it forth is found as a change; this tells of it
while nothing has happened yet.
"""

from bdsigner.verification.changes.history import History
from bdsigner.verification.changes.references import References
from bdsigner.verification.changes.values import Dictionary, Name, Ref, Stream, Value, entries_of

_CONTENT = frozenset({Name("/Page"), Name("/Pages"), Name("/Catalog"), Name("/Font"), Name("/Annot")})


def unreferenced_content(history: History, referrers: References, revision: int) -> list[int]:
    """Numbers of the pages, page trees, catalogs, forms, annotations and fonts that nothing in use leads to.

    Older states of objects, and the catalogs that earlier revisions began with, are leftovers of every editor and do
    not count.  Raises ``LimitReached``.
    """
    used = referrers.in_use(revision)
    former = {root.number for one in range(revision + 1) if isinstance(root := history.trailer(one).get("/Root"), Ref)}
    unused = sorted(history.numbers(revision) - used - former)
    return [number for number in unused if _is_content(history.at(number, revision))]


def _is_content(value: Value) -> bool:
    if isinstance(value, Stream):
        return value.entries.get("/Subtype") == Name("/Form")
    entries = entries_of(value)
    kind = entries.get("/Type")
    is_content = isinstance(kind, Name) and kind in _CONTENT and not _is_signature(entries)
    return is_content or _is_annotation(entries)


def _is_annotation(entries: Dictionary) -> bool:
    """Widgets of no field, and signature fields, are what signing programs leave behind."""
    if "/Rect" not in entries or "/Subtype" not in entries:
        return False
    return entries["/Subtype"] != Name("/Widget") or ("/FT" in entries and not _is_signature(entries))


def _is_signature(entries: Dictionary) -> bool:
    return entries.get("/FT") == Name("/Sig")
