"""The register in the window: the list, one document's story, the clerk's desk."""
