"""Where the templates of forms come from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from bdsigner.errors import ErrorCode, FormError

if TYPE_CHECKING:
    from bdsigner.model.form import FormTemplate


class FormTemplates(Protocol):
    """The shipped forms, and those the department put in their place."""

    def load(self, form: str) -> FormTemplate:
        """The template of that id, read anew.

        Raises ``FormError`` FORM_UNKNOWN_FORM, ``ProfileError`` PROFILE_INVALID for a faulty one.
        """


class NoFormTemplates:
    """``FormTemplates`` for where there are none."""

    def load(self, form: str) -> FormTemplate:
        """There is none."""
        raise FormError(ErrorCode.FORM_UNKNOWN_FORM, form=form)
