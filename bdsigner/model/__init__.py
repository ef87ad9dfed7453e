"""Frozen values that all parts share; no behaviour beyond what their fields say."""
