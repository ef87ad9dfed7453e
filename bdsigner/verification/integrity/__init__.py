"""What the bytes of a file say: its revisions, its signature fields, what each signature covers."""
