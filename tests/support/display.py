"""An X server of our own."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def private_display(screen: str) -> Iterator[str]:
    """Name of a display on whatever number is free; ``screen`` is ``WIDTHxHEIGHTxDEPTH``."""
    reader, writer = os.pipe()
    command = ["Xvfb", "-displayfd", str(writer), "-screen", "0", screen, "-nolisten", "tcp"]
    with subprocess.Popen(command, pass_fds=[writer], stderr=subprocess.DEVNULL) as server, os.fdopen(reader) as number:
        os.close(writer)
        try:
            yield f":{number.readline().strip()}"
        finally:
            server.terminate()
