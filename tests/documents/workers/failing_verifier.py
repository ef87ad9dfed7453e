"""The real document child, but verifying ends by what the file's name says: ``chết`` dies, ``treo`` hangs.

``…muộn`` does so after the integrity was told.
"""

import os
import sys
import time

from bdsigner.documents import worker
from bdsigner.documents.protocol import Verify


class FailingWorker(worker.Worker):
    def _verify(self, call: Verify) -> object:
        if "muộn" in call.path.name:
            told = self._asking.tell_integrity

            def tell(early: object) -> None:
                told(early)  # type: ignore[arg-type]  # passed on
                _fail(call.path.name)

            self._asking.tell_integrity = tell  # type: ignore[method-assign]  # this child ends with it
        else:
            _fail(call.path.name)
        return super()._verify(call)


def _fail(name: str) -> None:
    if "chết" in name:
        os._exit(3)
    if "treo" in name:
        time.sleep(60)


if __name__ == "__main__":
    worker.Worker = FailingWorker  # type: ignore[misc]  # what main() makes
    worker.main(sys.argv[1:])
