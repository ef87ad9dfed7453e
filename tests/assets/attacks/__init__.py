"""Published attacks on signed PDFs, made by code: a module for each family, a function for each variant."""

from tests.assets.attacks import (
    byte_ranges,
    certification,
    documents,
    double_roles,
    forgery,
    forms,
    incremental,
    scripts,
    shadow_hide,
    shadow_replace,
    wrapping,
)
from tests.assets.attacks.attack import Attack

ALL: tuple[Attack, ...] = tuple(
    attack
    for module in (
        forgery,
        byte_ranges,
        wrapping,
        incremental,
        shadow_hide,
        shadow_replace,
        double_roles,
        certification,
        scripts,
        forms,
        documents,
    )
    for attack in module.ATTACKS
)
"""Every variant, in the order of the families."""
