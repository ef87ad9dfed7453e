"""Bounded HTTP: addresses named in certificates (OCSP, CRL, AIA) and time-stamping authorities."""
