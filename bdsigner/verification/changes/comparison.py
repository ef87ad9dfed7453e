"""One revision held against the one before it: what the rules of all kinds of object share."""

from collections.abc import Iterable, Mapping
from decimal import Decimal

from bdsigner.model.verification import ChangedThing
from bdsigner.verification.changes.history import History
from bdsigner.verification.changes.kinds import Change, Found
from bdsigner.verification.changes.references import References
from bdsigner.verification.changes.values import (
    Dictionary,
    Ref,
    Stream,
    Value,
    entries_of,
    inflated,
    items_of,
    references,
)

MAX_ALIKE = 2_000
"""Values held against each other before two resaved structures count as different."""
UNSEEN = frozenset(
    {
        "/PieceInfo", "/Lang", "/MarkInfo", "/SpiderInfo", "/Legal", "/StructTreeRoot", "/LastModified",
        "/PageMode", "/PageLayout",
    }
)  # fmt: skip
"""Entries of the catalog that change nothing on a page."""
UPWARD_KEYS = frozenset({"/P", "/Parent", "/Pg"})
"""References back to pages and parents, not to parts of the object."""


_RESOURCES = frozenset(
    {"/XObject", "/Font", "/ExtGState", "/ColorSpace", "/Pattern", "/Shading", "/Properties", "/Resources", "/Contents"}
)
"""Keys under which pages name what they draw with (Table 34)."""
_LISTS = frozenset({"/Fields", "/Annots", "/Kids"})
"""Keys of the lists that have a rule."""


class Comparison:
    """State of the comparison; the rules add what they find and what they have explained."""

    def __init__(
        self, history: History, referrers: References, old: int, new: int, signatures: Mapping[int, bool]
    ) -> None:
        """``signatures``: numbers of the signature dictionaries that are judged on their own; true: a timestamp."""
        self.history = history
        self.referrers = referrers
        self.old, self.new = old, new
        self.signatures = signatures
        self.found: list[Found] = []
        self.explained: set[int] = set()
        self.signature_widgets: set[int] = set()
        """Widgets of signature fields that this revision added or filled."""
        self.shown_signatures: dict[int, str] = {}
        """Those of them that have a look on a page, with their field's name."""
        self.changed = {number for number in history.changed(new) if self._differs(number)}
        self._reached: dict[tuple[int, int], bool] = {}
        self.shown_on: dict[int, set[int]] = {}
        """Object numbers of the pages of each finding, by its place in ``found``."""

    def before(self, number: int) -> Value:
        """The object as the old revision has it."""
        return self.history.at(number, self.old)

    def after(self, number: int) -> Value:
        """The object as the new revision has it."""
        return self.history.at(number, self.new)

    def is_new(self, number: int) -> bool:
        """Whether the old revision has no such object."""
        return self.history.place(number, self.old) is None

    def old_entry(self, holder: Value, key: str) -> Value:
        """A value in the old revision, followed."""
        return self.history.entry(holder, key, self.old)

    def new_entry(self, holder: Value, key: str) -> Value:
        """A value in the new revision, followed."""
        return self.history.entry(holder, key, self.new)

    def report(
        self,
        change: Change,
        thing: ChangedThing | None = None,
        *,
        field: str = "",
        is_new_field: bool = False,
        page_objects: Iterable[int] = (),
        detail: str = "",
    ) -> None:
        """Add a finding; ``page_objects`` are object numbers of pages."""
        self.shown_on[len(self.found)] = set(page_objects)
        self.found.append(Found(change=change, thing=thing, field=field, is_new_field=is_new_field, detail=detail))

    def differing(self, old: Dictionary, new: Dictionary) -> set[str]:
        """Keys whose values are not alike; resaved and renumbered structures of the same content are."""
        return {key for key in old.keys() | new.keys() if not self.alike(old.get(key), new.get(key))}

    def alike(self, old: Value, new: Value) -> bool:
        """Whether two values have the same content, following references that differ."""
        pending: list[tuple[Value, Value]] = [(old, new)]
        seen: set[tuple[Ref, Ref]] = set()
        for _ in range(MAX_ALIKE):
            if not pending:
                return True
            self.history.spend()
            one, other = pending.pop()
            if isinstance(one, Ref) and isinstance(other, Ref):
                if (one == other and one.number not in self.changed) or (one, other) in seen:
                    continue
                seen.add((one, other))
            elif one == other and not references(one) & self.changed:
                continue
            one, other = self.history.read(one, self.old), self.history.read(other, self.new)
            if type(one) is not type(other):
                return False
            if isinstance(one, Stream) and isinstance(other, Stream):
                if one.data != other.data:
                    one, other = inflated(one), inflated(other)
                if one.data != other.data:
                    return False
                one, other = one.entries, other.entries
            if isinstance(one, dict) and isinstance(other, dict):
                pending += [
                    (one.get(key), other.get(key))
                    for key in one.keys() | other.keys()
                    if not self._leads_up(key, one, other)
                ]
            elif isinstance(one, list) and isinstance(other, list):
                if len(one) != len(other):
                    return False
                pending += zip(one, other, strict=True)
            elif one != other:
                return False
        return False

    def absorb(self, values: Iterable[Value], *, owner: int, kept: Value = None) -> None:
        """Explain the changed objects below ``values``, which belong to ``owner`` alone.

        ``kept`` is the rest of the owner as it was.  What the old revision already showed through anything else than
        ``values`` is content that this revision replaces or brings forth (shadow attacks "replace" and "hide").
        """
        taken: set[int] = set()
        pending = [number for value in values for number in references(value)]
        while pending:
            self.history.spend()
            number = pending.pop()
            if number in taken or number not in self.changed or number in self.explained:
                continue
            if number in self.signatures:
                taken.add(number)
                continue
            value = self.after(number)
            if is_own(value):
                continue
            taken.add(number)
            pending += references(without(value, UPWARD_KEYS))
            if isinstance(value, Stream):
                pending += references(value.length)
        elsewhere = references(kept)
        for number in taken:
            shown = number in elsewhere or any(
                holder not in taken and holder != owner and self.is_reached(holder, self.old)
                for holder in self.referrers.to(number, self.old)
            )
            if shown:
                pages, entries = self.referrers.climb(number, self.old)
                if pages or entries - UNSEEN:
                    detail = f"object {number} {sorted(entries)}"
                    self.report(Change.OTHER, ChangedThing.HIDDEN_CONTENT, page_objects=pages, detail=detail)
        self.explained |= taken

    def is_reached(self, number: int, revision: int) -> bool:
        """Whether the object belongs to the document of a revision at all."""
        if number == 0:
            return True
        key = number, revision
        if key not in self._reached:
            root = self.history.trailer(revision).get("/Root")
            is_root = isinstance(root, Ref) and root.number == number
            self._reached[key] = is_root or any(self.referrers.climb(number, revision))
        return self._reached[key]

    def explain(self, number: int) -> None:
        """Take an object as judged by its own rule, unless pages use it as a resource or as content as well.

        A dictionary may be a form or a field and the page's list of drawn forms at the same time: what is allowed for the
        one changes what the other shows.
        """
        if number < 0:
            return  # a direct object is part of its holder
        self.explained.add(number)
        uses = self.referrers.uses(number, self.old) | self.referrers.uses(number, self.new)
        shared = uses - _LISTS if isinstance(self.after(number), list) else uses & _RESOURCES
        if shared:
            pages, _ = self.referrers.climb(number, self.new)
            detail = f"object {number} {sorted(shared)}"
            self.report(Change.OTHER, ChangedThing.HIDDEN_CONTENT, page_objects=pages, detail=detail)

    def _leads_up(self, key: str, one: Dictionary, other: Dictionary) -> bool:
        """A parent has a rule of its own: following it would compare the whole document."""
        parent = one.get(key)
        if key not in UPWARD_KEYS or not isinstance(parent, Ref) or parent != other.get(key):
            return False
        return is_own(self.after(parent.number))

    def _differs(self, number: int) -> bool:
        self.history.spend()
        old, new = self.history.place(number, self.old), self.history.place(number, self.new)
        if old is None or new is None:
            return old is not new
        if old.generation != new.generation:
            return True
        if (old.offset, old.container) == (new.offset, new.container) and old.container is None:
            return False
        reference = Ref(number, new.generation)
        return self.history.read(reference, self.old) != self.history.read(reference, self.new)


def without(value: Value, keys: Iterable[str]) -> Value:
    """A dictionary, or a stream's, without some keys; other values as they are."""
    entries = entries_of(value)
    return {key: one for key, one in entries.items() if key not in set(keys)} if entries else value


def is_own(value: Value) -> bool:
    """Whether an object is judged by a rule of its own: pages, catalog, fields, annotations."""
    entries = entries_of(value)
    if isinstance(value, Stream):
        return False
    return str(entries.get("/Type")) in ("/Page", "/Pages", "/Catalog", "/Annot") or is_field(entries)


def is_field(entries: Dictionary) -> bool:
    """Whether a dictionary looks like a form field or a widget (§12.7.4, §12.5.6.19)."""
    return entries.get("/Subtype") == "/Widget" or "/FT" in entries or ("/T" in entries and "/Kids" in entries)


def is_shown(entries: Dictionary) -> bool:
    """Whether a widget takes room on the page and is not hidden (§12.5.3)."""
    box = items_of(entries.get("/Rect"))
    numbers = [one for one in box if isinstance(one, int | Decimal)]
    if len(numbers) != 4:
        return "/Rect" in entries
    left, bottom, right, top = (float(str(one)) for one in numbers)
    flags = entries.get("/F")
    hidden = isinstance(flags, int) and bool(flags & (1 << 1 | 1 << 5))
    return left != right and bottom != top and not hidden
