"""Searches the memory of another process, as root may: for a secret in every form it could have been left in."""

import json
import re
from pathlib import Path


def forms(secret: str) -> dict[str, bytes]:
    """The secret as bytes, as Qt and Windows keep text, as JSON and Python would write it."""
    return {
        "UTF-8": secret.encode(),
        "UTF-16": secret.encode("utf-16-le"),
        "UTF-32": secret.encode("utf-32-le"),
        "JSON": json.dumps(secret)[1:-1].encode(),
        "repr": repr(secret.encode())[2:-1].encode(),
        "hex": secret.encode().hex().encode(),
    }


def find_in_memory(pid: int, secret: str) -> list[str]:
    """Form and place of every copy in what the process may write to."""
    found: list[str] = []
    wanted = {name: re.compile(re.escape(form)) for name, form in forms(secret).items()}
    with Path(f"/proc/{pid}/maps").open() as maps, Path(f"/proc/{pid}/mem").open("rb", 0) as memory:
        for line in maps:
            area, mode, *rest = line.split(maxsplit=5)
            name = rest[-1].strip() if len(rest) == 4 else ""
            if "r" not in mode or "w" not in mode or name in ("[vvar]", "[vsyscall]"):
                continue
            start, end = (int(edge, 16) for edge in area.split("-"))
            try:
                memory.seek(start)
                content = memory.read(end - start)
            except OSError:
                continue  # unmapped meanwhile
            found += [f"{form} in {name or area}" for form, pattern in wanted.items() if pattern.search(content)]
    return found


def find_in_files(folder: Path, secret: str) -> list[str]:
    """Form and file of every copy below a folder."""
    return [
        f"{form} in {file.name}"
        for file in folder.rglob("*")
        if file.is_file()
        for form, content in forms(secret).items()
        if content in file.read_bytes()
    ]


def children_of(pid: int) -> list[int]:
    """Process ids of all below a process."""
    try:
        direct = [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []
    # Threads other than the first start children too.
    for task in Path(f"/proc/{pid}/task").iterdir():
        direct += [int(child) for child in (task / "children").read_text().split()]
    unique = list(dict.fromkeys(direct))
    return unique + [grandchild for child in unique for grandchild in children_of(child)]
