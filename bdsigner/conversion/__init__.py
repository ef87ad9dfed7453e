"""Office documents to PDF, by a word processor on this machine (Đ10.3b: PDF alone is signed)."""
