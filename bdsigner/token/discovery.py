"""Which PKCS#11 modules this machine has: named by a person or the policy, registered with p11-kit, or catalogued.

Only existing files are taken, and of those only what this process can load; the others are named as problems.
"""

import os
import sys
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from bdsigner.errors import ErrorCode
from bdsigner.model.token import TokenProblem
from bdsigner.token.library_format import LibraryKind, read_kind, this_process
from bdsigner.token.p11_kit import registered_modules

_PROXIES = ("p11-kit-proxy", "p11-kit-client", "p11-kit-trust", "libp11-kit")
"""Show other modules' tokens a second time, or certificates without keys."""
_SYSTEMS = {"win32": "windows", "darwin": "macos"}
_BITS = {"x86": 32, "arm": 32, "x32": 32, "x64": 64, "arm64": 64}
_SAME_MAKER = {"x86": "intel", "x64": "intel", "x32": "intel", "arm": "arm", "arm64": "arm"}


class Module(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One product: its library's file names by system."""

    name: str
    linux: tuple[str, ...] = ()
    windows: tuple[str, ...] = ()
    macos: tuple[str, ...] = ()


class Catalogue(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``pkcs11_modules.toml``: folders to look in by system, and the products."""

    folders: dict[str, tuple[str, ...]]
    module: tuple[Module, ...]


@dataclass(frozen=True, slots=True)
class FoundModule:
    """A library to load."""

    path: Path
    name: str
    """Product, by the catalogue; else the file's name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Discovery:
    """What was found, in the order of preference."""

    modules: tuple[FoundModule, ...]
    problems: tuple[TokenProblem, ...]
    """Libraries that are there but cannot be loaded; and, of those a person named, the missing ones too."""


def find_modules(chosen: Sequence[Path] = (), *, catalogue: Path, p11_kit: bool = True) -> Discovery:
    """Look for libraries, each file once: ``chosen`` by a person or the policy, p11-kit's, the catalogue's.

    Whether a library is a PKCS#11 module shows when its child loads it.  A library for another kind of process is a
    problem unless the same product is there in a fitting kind too.
    """
    content = read_catalogue(catalogue)
    names = _product_names(content)
    registered = registered_modules() if p11_kit and sys.platform != "win32" else ()
    candidates = [*((path, True) for path in chosen), *((path, False) for path in registered)]
    candidates += [(path, False) for path in _catalogued(content)]
    modules: dict[Path, FoundModule] = {}
    problems: dict[Path, TokenProblem] = {}
    for path, is_chosen in candidates:
        real = _real(path)
        if real in modules or real in problems or path.name.startswith(_PROXIES) or real.name.startswith(_PROXIES):
            continue
        problem = _problem(path, is_chosen=is_chosen)
        if problem is None:
            modules[real] = FoundModule(path, names.get(path.name.lower(), path.name))
        elif is_chosen or problem.code != ErrorCode.TOKEN_MODULE_NOT_FOUND.value:
            problems[real] = problem
    fitting = {module.name for module in modules.values()}
    named = [path for path, is_chosen in candidates if is_chosen]
    return Discovery(
        modules=tuple(modules.values()),
        problems=tuple(
            problem
            for problem in problems.values()
            if Path(problem.module_path) in named or _product(problem, names) not in fitting
        ),
    )


def read_catalogue(file: Path) -> Catalogue:
    """Read ``pkcs11_modules.toml``; it is shipped, so what is wrong with it is raised as it comes."""
    return msgspec.convert(tomllib.loads(file.read_text("utf-8")), Catalogue)


def _catalogued(content: Catalogue) -> Iterator[Path]:
    """Files of the catalogue that exist."""
    system = _SYSTEMS.get(sys.platform, "linux")
    folders = [Path(os.path.expandvars(folder)) for folder in content.folders.get(system, ())]
    present = [folder for folder in folders if folder.is_absolute() and folder.is_dir()]
    for module in content.module:
        for name in getattr(module, system):
            yield from (folder / name for folder in present if (folder / name).is_file())


def _real(path: Path) -> Path:
    """Where links lead; a person's path may be any text, and one that leads nowhere stands for itself."""
    try:
        return path.resolve()
    except (OSError, ValueError, RuntimeError):  # too long, a NUL in it, a loop of links
        return path


def _product_names(content: Catalogue) -> dict[str, str]:
    system = _SYSTEMS.get(sys.platform, "linux")
    return {Path(file).name.lower(): module.name for module in content.module for file in getattr(module, system)}


def _product(problem: TokenProblem, names: dict[str, str]) -> str:
    file = Path(problem.module_path).name
    return names.get(file.lower(), file)


def _problem(path: Path, *, is_chosen: bool) -> TokenProblem | None:
    """Why a file cannot be loaded; ``None`` when nothing speaks against it."""
    if not os.path.isfile(path):  # noqa: PTH113  # Path.is_file raises for a name that is too long
        return _as_problem(path, ErrorCode.TOKEN_MODULE_NOT_FOUND)
    try:
        kind = read_kind(path)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        return _as_problem(path, ErrorCode.TOKEN_MODULE_UNLOADABLE, reason=reason)
    own = this_process()
    if kind is None or not kind.is_library or kind.format is not own.format:
        return _as_problem(path, ErrorCode.TOKEN_MODULE_FORMAT, found=_format_name(kind), wanted=own.format.value)
    if kind.processors & own.processors:
        return None
    return _as_problem(
        path,
        ErrorCode.TOKEN_MODULE_BITNESS if _differs_in_bits(kind, own) else ErrorCode.TOKEN_MODULE_PROCESSOR,
        found=_processor_name(kind),
        wanted=_processor_name(own),
    )


def _differs_in_bits(kind: LibraryKind, own: LibraryKind) -> bool:
    makers = {_SAME_MAKER.get(one) for one in kind.processors}
    return bool(makers & {_SAME_MAKER.get(one) for one in own.processors} - {None})


def _format_name(kind: LibraryKind | None) -> str:
    if kind is None:
        return "?"
    return kind.format.value if kind.is_library else f"{kind.format.value} (exe)"


def _processor_name(kind: LibraryKind) -> str:
    return ", ".join(f"{_BITS[one]} bit ({one})" if one in _BITS else one for one in sorted(kind.processors))


def _as_problem(path: Path, code: ErrorCode, **facts: str) -> TokenProblem:
    return TokenProblem(module_path=str(path), code=code.value, facts={"path": str(path), **facts})
