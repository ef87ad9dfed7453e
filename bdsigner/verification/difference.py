"""pyHanko's difference analysis behind our own, narrower rules.  Loading this module loads ``pyhanko.sign``."""

import logging
from collections.abc import Iterable

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.reader import HistoricalResolver, PdfFileReader
from pyhanko.sign.diff_analysis import (
    DEFAULT_DIFF_POLICY,
    FormUpdatingRule,
    ModificationLevel,
    SuspiciousModification,
)
from pyhanko.sign.diff_analysis.form_rules_api import FieldComparisonContext, FieldMDPRule, FormUpdate
from pyhanko.sign.diff_analysis.policies import StandardDiffPolicy
from pyhanko.sign.diff_analysis.rules.form_field_rules import (
    SigFieldCreationRule,
    SigFieldModificationRule,
    is_field_visible,
)
from pyhanko.sign.fields import FieldMDPSpec, MDPPerm

from bdsigner.verification.changes import Change
from bdsigner.verification.integrity.values import as_dictionary, entry

log = logging.getLogger(__name__)


class _NoEmptyVisibleField(FieldMDPRule):
    """An empty signature field with an appearance signs nothing and can cover any text (evil annotation attack)."""

    def apply(self, context: FieldComparisonContext) -> Iterable[tuple[ModificationLevel, FormUpdate]]:
        for name, spec in context.field_specs.items():
            is_new = spec.old_field_ref is None and spec.new_field_ref is not None
            new = spec.new_field
            if is_new and new is not None and "/V" not in new and "/AP" in new and is_field_visible(new):
                raise SuspiciousModification(f"visible empty signature field {name}")
        return ()


_SIGNATURES_ONLY = StandardDiffPolicy(
    global_rules=DEFAULT_DIFF_POLICY.global_rules,
    form_rule=FormUpdatingRule(
        field_rules=[SigFieldCreationRule(), SigFieldModificationRule(), _NoEmptyVisibleField()]
    ),
)


def _two_revisions(reader: PdfFileReader, old: int, new: int) -> tuple[HistoricalResolver, HistoricalResolver]:
    # Not the reader's cached ones: each keeps a graph of all objects, some 100 MB for 20,000 of them.
    return HistoricalResolver(reader, old), HistoricalResolver(reader, new)


def classify(reader: PdfFileReader, old: int, new: int) -> tuple[Change, set[str]]:
    """Say what revision ``new`` did to ``old``, and which signature fields it added or filled."""
    before, after = _two_revisions(reader, old, new)
    try:
        result = _SIGNATURES_ONLY.apply(before, after)
    except SuspiciousModification:
        pass
    else:
        signed = result.modification_level > ModificationLevel.LTA_UPDATES
        return Change.SIGNATURES if signed else Change.VALIDATION_DATA, result.changed_form_fields
    try:
        result = DEFAULT_DIFF_POLICY.apply(before, after)
    except SuspiciousModification as error:
        log.info("revision %d changes what it may not: %s", new, str(error)[:500])
        return Change.OTHER, set()
    if result.modification_level > ModificationLevel.FORM_FILLING:
        return Change.ANNOTATIONS, set()
    return Change.FORM, set()


def is_permitted(
    reader: PdfFileReader, old: int, new: int, permissions: MDPPerm | None, locks: FieldMDPSpec | None
) -> bool:
    """Whether a certification or field lock allows what revision ``new`` did (ISO 32000-2 §12.8.2.2, §12.8.2.4)."""
    before, after = _two_revisions(reader, old, new)
    try:
        result = DEFAULT_DIFF_POLICY.apply(before, after, field_mdp_spec=locks, doc_mdp=permissions)
    except SuspiciousModification:
        return False
    return permissions is None or result.modification_level.value <= permissions.value


def permissions_of(
    references: Iterable[object], lock: generic.DictionaryObject | None
) -> tuple[MDPPerm | None, FieldMDPSpec | None]:
    """Read DocMDP and FieldMDP of a signature dictionary, and the DocMDP of its field's lock (Table 237)."""
    permissions: MDPPerm | None = None
    locks: FieldMDPSpec | None = None
    for reference in references:
        transform = as_dictionary(reference)
        method = entry(transform, "/TransformMethod") if transform is not None else None
        parameters = as_dictionary(entry(transform, "/TransformParams")) if transform is not None else None
        if method == "/DocMDP":
            permissions = MDPPerm(entry(parameters, "/P") or 2 if parameters is not None else 2)
        elif method == "/FieldMDP":
            locks = FieldMDPSpec.from_pdf_object(parameters)
    if permissions is None and lock is not None and "/P" in lock:
        permissions = MDPPerm(entry(lock, "/P"))
    return permissions, locks
