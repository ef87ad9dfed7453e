"""What a face can do with requests to the department: fill in, print."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bdsigner.model.device import RequestCase
    from bdsigner.model.form import FilledRequest
    from bdsigner.ports import Services


class Requests:
    """Every method may be called from any thread; none touches Qt or prints."""

    def __init__(self, services: "Services") -> None:
        self._services = services

    def fill(
        self,
        case: "RequestCase",
        *,
        serial: str = "",
        form: str = "",
        typed: Mapping[str, str] | None = None,
        rows: Sequence[Mapping[str, str]] = (),
        files: Mapping[str, Path] | None = None,
    ) -> "FilledRequest":
        """See ``usecases.fill_request``."""
        from bdsigner.usecases.fill_request import fill_request

        return fill_request(case, self._services, serial=serial, form=form, typed=typed, rows=rows, files=files)

    def print(self, request: "FilledRequest", target: Path) -> int:
        """See ``usecases.fill_request.print_request``."""
        from bdsigner.usecases.fill_request import print_request

        return print_request(request, target, self._services)
