"""Document children: received and to-be-signed PDFs are read, drawn, signed and judged there, under limits."""
