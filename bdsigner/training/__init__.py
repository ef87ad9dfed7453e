"""Training mode: soft tokens, a PKI served on loopback and sample documents; everything says ``BẢN THỬ``.

Behind the optional extra ``training`` (certomancer); modules of this package import it only when it is used.
"""

TRAINING_MARK = "BẢN THỬ"
"""Printed on everything made in training mode (Đ3.7)."""

TRAINING_PIN = "123456"
"""User PIN of every training token; public on purpose, shown on screen.  Real PINs are never stored."""
