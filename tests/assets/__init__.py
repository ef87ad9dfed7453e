"""Files that tests make or bring."""
