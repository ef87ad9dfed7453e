"""Certificates: reading, paths to the profile's anchors, revocation; for signing and verification alike."""
