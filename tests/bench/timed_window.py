"""``bdsigner`` as it is, telling when it was painted first and when a signature could begin (monotonic seconds)."""

import sys
import time

from bdsigner.__main__ import main
from bdsigner.gui import run
from bdsigner.gui.jobs import run_job


class TimedWindow(run.MainWindow):
    def __init__(self, *arguments: object) -> None:
        super().__init__(*arguments)  # type: ignore[arg-type]  # passed on as they came
        self.painted.connect(lambda: _tell("painted"))
        self.watch.changed.connect(lambda _: self._wait_for_children())

    def _wait_for_children(self) -> None:
        """The signers are shown; a child answers its first ping when it has imported all it needs."""
        from bdsigner.documents.children import (
            Lane,  # here, as the window imports nothing of documents before it paints
        )

        documents = self._application.services.documents  # type: ignore[union-attr]  # set before tokens are looked at
        run_job(
            self,
            lambda _: [documents.ping(lane) for lane in Lane],  # type: ignore[attr-defined]  # not in the port
            done=lambda _: self._ready(),
            failed=lambda error: sys.exit(str(error)),
        )

    def _ready(self) -> None:
        _tell("ready")
        self.close()


def _tell(what: str) -> None:
    print(what, time.monotonic(), flush=True)


if __name__ == "__main__":
    run.MainWindow = TimedWindow  # type: ignore[misc]  # the same window, with ears
    sys.exit(main())
