"""What OpenSC's configuration must say for one child only: how a PIN is unblocked, and that no PIN is kept.

Left to itself OpenSC wants an SO login that most cards do not have.  With ``user_pin_unblock_style`` set, C_SetPIN in
a session without login takes the PUK in place of the old PIN (opensc.conf(5), pkcs11 block).  Left to itself it also
keeps the PIN and presents it again on its own (``use_pin_caching``, framework pkcs15 block): a PIN the card counts
is presented by a person or not at all.  And it lays out each command as text for its trace, written or not, so that
a PIN stays in memory given back: glibc is told to overwrite that.
"""

import os
import sys
from pathlib import Path

UNBLOCK_VARIABLE = "BDSIGNER_OPENSC_UNBLOCK"
"""Tells the child that the configuration below is in force; without it C_SetPIN might take the PUK for a PIN."""
_CONFIGURATION_VARIABLE = "OPENSC_CONF"
_PERTURB = {"GLIBC_TUNABLES": "glibc.malloc.perturb=255:glibc.malloc.tcache_count=0"}
"""glibc fills freed memory with this byte and new memory with its complement, zero (mallopt(3), M_PERTURB); blocks
in its per-thread cache it would leave as they are."""
_FILE = "opensc.conf"
_APPLICATION = "opensc-pkcs11"
_OURS = f"""app {_APPLICATION} {{
	pkcs11 {{
		user_pin_unblock_style = set_pin_in_unlogged_session;
	}}
	framework pkcs15 {{
		use_pin_caching = false;
	}}
}}
"""
_SYSTEM_FILES = {
    "win32": r"%ProgramFiles%\OpenSC Project\OpenSC\opensc.conf",
    "darwin": "/Library/OpenSC/etc/opensc.conf",
    "linux": "/etc/opensc/opensc.conf",
}
_MAX_BYTES = 256 * 1024
"""The shipped file is 40 KiB of comments at most."""


def is_opensc(module_path: Path) -> bool:
    """By the library's name, before anything is loaded."""
    return _APPLICATION in module_path.name.casefold()


def environment(folder: Path) -> dict[str, str]:
    """Write a configuration into ``folder`` and return the environment a child of OpenSC gets.

    It is the machine's own configuration with our block before it.  Without it when that configuration has a block
    for the PKCS#11 module already (whoever wrote it decides), cannot be read, or ours cannot be written.
    """
    try:
        own = _machine_configuration()
        if own is None:
            return _PERTURB
        file = folder / _FILE
        file.write_bytes(_OURS.encode() + own)
    except OSError:
        return _PERTURB
    return _PERTURB | {_CONFIGURATION_VARIABLE: str(file), UNBLOCK_VARIABLE: "1"}


def _machine_configuration() -> bytes | None:
    """What OpenSC would read; ``None`` when it speaks of the PKCS#11 module itself.  Raises ``OSError``."""
    named = os.environ.get(_CONFIGURATION_VARIABLE) or os.path.expandvars(_SYSTEM_FILES.get(sys.platform, ""))
    if not named or not Path(named).is_file():
        return b""
    with Path(named).open("rb") as stream:
        content = stream.read(_MAX_BYTES + 1)
    lines = (line.strip() for line in content.splitlines() if not line.lstrip().startswith(b"#"))
    names_module = any(line.startswith(b"app") and _APPLICATION.encode() in line for line in lines)
    return None if names_module or len(content) > _MAX_BYTES else content
