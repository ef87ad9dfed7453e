"""Judges signatures: what is signed, by whom, what changed since, and how far it can be trusted."""
