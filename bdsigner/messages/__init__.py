"""All sentences for people: errors, findings, questions, and the catalogue they are translated by."""
