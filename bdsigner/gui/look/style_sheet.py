"""What the Fusion style does not draw the way we want it, as one style sheet."""

from bdsigner.gui.look.colours import Colours


def style_sheet(colours: Colours) -> str:
    """Rules by role (a dynamic property), never by place; no text sizes, so that text scales with the system."""
    tones = "\n".join(
        f"""
QFrame[tone="{tone.value}"] {{ background: {of.ground}; border: 1px solid {of.line}; border-radius: 8px; }}
QLabel[tone="{tone.value}"] {{ color: {of.text}; background: transparent; border: none; }}"""
        for tone, of in colours.tones.items()
    )
    return f"""
QLabel {{ background: transparent; }}
QLabel[role="muted"] {{ color: {colours.muted}; }}
QFrame[role="card"] {{ background: {colours.surface}; border: 1px solid {colours.line}; border-radius: 8px; }}
QFrame[role="rule"] {{ background: {colours.line}; border: none; }}
QFrame[role="navigation"] {{ background: {colours.surface}; border: none; border-right: 1px solid {colours.line}; }}
QFrame[role="status"] {{ background: {colours.surface}; border: none; border-top: 1px solid {colours.line}; }}
QFrame[role="panel"] {{ background: {colours.surface}; border: none; border-left: 1px solid {colours.line}; }}
QFrame[role="drop"] {{ background: {colours.selected}; border: 2px dashed {colours.accent}; border-radius: 8px; }}
QScrollArea {{ background: transparent; border: none; }}
QScrollArea[role="list"] {{
  background: {colours.surface}; border: 1px solid {colours.line}; border-radius: 6px;
}}
QScrollArea[role="list"] > QWidget > QLabel {{ background: {colours.surface}; }}
QScrollArea > QWidget > QWidget[role="scrolled"] {{ background: transparent; }}

QPushButton {{
  background: {colours.surface}; color: {colours.text}; border: 1px solid {colours.field_line};
  border-radius: 6px; padding: 6px 15px;
}}
QPushButton:hover {{ background: {colours.selected}; }}
QPushButton:focus {{ border: 2px solid {colours.link}; padding: 5px 14px; }}
QPushButton:disabled {{ color: {colours.disabled}; border-color: {colours.line}; }}
QPushButton[role="primary"] {{
  background: {colours.accent}; color: {colours.on_accent}; border: 1px solid {colours.accent}; font-weight: 600;
}}
QPushButton[role="primary"]:hover {{ background: {colours.accent_hover}; }}
QPushButton[role="primary"]:focus {{ border: 2px solid {colours.text}; padding: 5px 14px; }}
QPushButton[role="primary"]:disabled {{
  background: {colours.line}; color: {colours.muted}; border-color: {colours.line};
}}
QPushButton[role="flat"], QToolButton[role="flat"] {{
  background: transparent; border: 1px solid transparent; border-radius: 6px; padding: 3px 7px; color: {colours.text};
}}
QPushButton[role="flat"]:hover, QToolButton[role="flat"]:hover {{ background: {colours.selected}; }}
QPushButton[role="flat"]:focus, QToolButton[role="flat"]:focus {{ border: 1px solid {colours.link}; }}
QToolButton[role="flat"]:checked {{ background: {colours.selected}; border: 1px solid {colours.field_line}; }}
QPushButton[role="flat"]:disabled, QToolButton[role="flat"]:disabled {{ color: {colours.disabled}; }}
QPushButton[role="disclosure"] {{
  background: transparent; border: 1px solid transparent; border-radius: 4px; padding: 3px 6px 3px 0px;
  color: {colours.link};
}}
QPushButton[role="disclosure"]:focus {{ border: 1px solid {colours.link}; }}
QPushButton[role="choice"] {{ border-radius: 8px; padding: 0; text-align: left; }}
QPushButton[role="choice"]:focus {{ padding: 0; }}
QPushButton[role="room"] {{
  background: transparent; border: 1px solid transparent; border-radius: 6px; padding: 9px 12px; text-align: left;
}}
QPushButton[role="room"]:hover {{ background: {colours.window}; }}
QPushButton[role="room"]:checked {{ background: {colours.selected}; color: {colours.link}; font-weight: 600; }}
QPushButton[role="room"]:focus {{ border: 1px solid {colours.link}; padding: 9px 12px; }}

QLineEdit, QPlainTextEdit {{
  background: {colours.surface}; color: {colours.text}; border: 1px solid {colours.field_line};
  border-radius: 6px; padding: 6px 8px; selection-background-color: {colours.accent};
}}
QLineEdit:focus, QPlainTextEdit:focus {{ border: 2px solid {colours.link}; padding: 5px 7px; }}
QLineEdit:disabled {{ color: {colours.disabled}; border-color: {colours.line}; }}
QListWidget {{ background: {colours.surface}; border: 1px solid {colours.line}; border-radius: 8px; padding: 4px; }}
QListWidget::item {{ padding: 6px; border-radius: 6px; color: {colours.text}; }}
QListWidget::item:hover {{ background: {colours.window}; }}
QListWidget::item:selected {{ background: {colours.selected}; color: {colours.text}; }}
QListWidget:focus {{ border: 1px solid {colours.link}; }}
QTableView {{ background: {colours.surface}; outline: none; }}
QHeaderView::section {{
  background: {colours.surface}; color: {colours.muted}; border: none; border-bottom: 1px solid {colours.line};
  padding: 6px;
}}
QTableView::item {{ padding: 6px; }}
QTableView::item:selected {{ background: {colours.selected}; color: {colours.text}; }}
QProgressBar {{
  background: {colours.line}; border: none; border-radius: 3px; max-height: 6px; min-height: 6px; color: transparent;
}}
QProgressBar::chunk {{ background: {colours.accent}; border-radius: 3px; }}
QToolTip {{ background: {colours.surface}; color: {colours.text}; border: 1px solid {colours.line}; padding: 4px; }}
QScrollBar {{ background: transparent; border: none; margin: 0; }}
QScrollBar:vertical {{ width: 12px; }}
QScrollBar:horizontal {{ height: 12px; }}
QScrollBar::handle {{ background: {colours.field_line}; border-radius: 3px; margin: 3px; }}
QScrollBar::handle:vertical {{ min-height: 32px; }}
QScrollBar::handle:horizontal {{ min-width: 32px; }}
QScrollBar::handle:hover {{ background: {colours.muted}; }}
QScrollBar::add-line, QScrollBar::sub-line {{ width: 0; height: 0; }}
QScrollBar::add-page, QScrollBar::sub-page {{ background: transparent; }}
QSplitter::handle {{ background: transparent; }}
{tones}
QFrame[role="banner"][tone] {{ border: none; border-radius: 0; }}
"""
