"""What "Chép chi tiết" puts on the clipboard."""

import platform
import sys
from datetime import UTC, datetime

import bdsigner
from bdsigner.errors import BdsignerError
from bdsigner.messages.errors import describe


def error_report(error: BdsignerError) -> str:
    """A report for support: facts of the failure, never a PIN or document content (errors carry neither)."""
    message = describe(error)
    facts = [f"{name}: {value}" for name, value in error.facts.items()]
    return "\n".join(
        [
            f"{message.title}: {message.sentence}",
            f"code: {message.code}",
            *facts,
            f"time: {datetime.now(UTC).isoformat(timespec='seconds')}",
            f"bdsigner {bdsigner.__version__}, Python {platform.python_version()}, {sys.platform} {platform.release()}",
        ]
    )
