"""Verify the files of a manifest folder as a person would, and write what they would be told."""
