"""The least a window of this kind can be; prints when it was painted first (monotonic seconds)."""

import sys
import time

from PySide6.QtCore import QTimer
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QApplication, QMainWindow


class BareWindow(QMainWindow):
    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802  # Qt's name
        super().paintEvent(event)
        QTimer.singleShot(0, painted)


def painted() -> None:
    print("painted", time.monotonic(), flush=True)
    QApplication.quit()


application = QApplication(sys.argv)
window = BareWindow()
window.resize(1180, 760)
window.show()
application.exec()
