"""What is handed on: reports of verification as printed sheets, plain text and JSON, all with the same content."""
