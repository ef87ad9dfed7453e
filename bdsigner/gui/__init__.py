"""The window: pages, dialogs and widgets; asks ``bdsigner.app`` for all work."""
