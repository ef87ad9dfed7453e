"""Tokens: one child process per PKCS#11 module, and the gateway that talks to them."""
