"""The pages of the window, each made when it is first wanted and connected with it."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bdsigner.app import Application
    from bdsigner.gui.main_window import MainWindow
    from bdsigner.gui.pages.devices_page import DevicesPage
    from bdsigner.gui.pages.encryption_page import EncryptionPage
    from bdsigner.gui.pages.register_page import RegisterPage
    from bdsigner.gui.pages.requests_page import RequestsPage
    from bdsigner.gui.pages.settings_page import SettingsPage
    from bdsigner.gui.pages.sign_page import SignPage
    from bdsigner.gui.pages.verify_page import VerifyPage
    from bdsigner.gui.preferences import Preferences


def make_sign_page(window: "MainWindow", application: "Application | None", preferences: "Preferences") -> "SignPage":
    """Ký số."""
    from bdsigner.gui.pages.sign_page import SignPage

    page = SignPage(application, preferences.settings, window.interaction)
    page.work_started.connect(lambda: window.begin_work(page))
    page.work_finished.connect(lambda: window.end_work(page))
    page.verify_requested.connect(window.verify)
    page.encrypt_requested.connect(window.encrypt)
    page.refresh_requested.connect(window.watch.look_again)
    page.request_wanted.connect(window.open_request)
    page.settings_changed.connect(lambda fields: preferences.change(**fields))
    preferences.changed.connect(lambda: page.set_settings(preferences.settings))
    return page


def make_verify_page(
    window: "MainWindow", application: "Application | None", preferences: "Preferences"
) -> "VerifyPage":
    """Kiểm tra."""
    from bdsigner.gui.pages.verify_page import VerifyPage

    page = VerifyPage(application, preferences)
    page.work_started.connect(window.notice.clear)  # it spoke of files that came before
    page.work_started.connect(lambda: window.begin_work(page))
    page.work_finished.connect(lambda: window.end_work(page))
    page.sign_requested.connect(window.sign)
    return page


def make_settings_page(
    window: "MainWindow", application: "Application | None", preferences: "Preferences"
) -> "SettingsPage":
    """Cài đặt."""
    from bdsigner.gui.pages.settings_page import SettingsPage

    page = SettingsPage(preferences)
    if application is not None:
        page.set_application(application)
    page.reopen_requested.connect(window.reopen)
    return page


def make_encryption_page(
    window: "MainWindow", application: "Application", preferences: "Preferences"
) -> "EncryptionPage":
    """Mã hóa."""
    from bdsigner.gui.pages.encryption_page import EncryptionPage

    page = EncryptionPage(application, window.interaction, preferences)
    page.work_started.connect(lambda: window.begin_work(page))
    page.work_finished.connect(lambda: window.end_work(page))
    page.verify_wanted.connect(window.verify)
    return page


def make_devices_page(window: "MainWindow", application: "Application") -> "DevicesPage":
    """Thiết bị."""
    from bdsigner.gui.pages.devices_page import DevicesPage

    page = DevicesPage(application, window.interaction)
    page.work_started.connect(lambda: window.begin_work(page))
    page.work_finished.connect(lambda: window.end_work(page))
    page.refresh_requested.connect(window.watch.look_again)
    page.request_wanted.connect(window.open_request)
    if window.watch.listing is not None:
        page.show_listing(window.watch.listing)
    return page


def make_requests_page(window: "MainWindow", application: "Application", preferences: "Preferences") -> "RequestsPage":
    """Yêu cầu."""
    from bdsigner.gui.pages.requests_page import RequestsPage

    page = RequestsPage(application, window.interaction, preferences)
    page.work_started.connect(lambda: window.begin_work(page))
    page.work_finished.connect(lambda: window.end_work(page))
    window.outbox.changed.connect(page.refresh)
    if window.watch.listing is not None:
        page.set_listing(window.watch.listing)
    return page


def make_register_page(window: "MainWindow", application: "Application", preferences: "Preferences") -> "RegisterPage":
    """Nhật ký."""
    from bdsigner.gui.pages.register_page import RegisterPage

    page = RegisterPage(application, preferences)
    page.work_started.connect(lambda: window.begin_work(page))
    page.work_finished.connect(lambda: window.end_work(page))
    return page
