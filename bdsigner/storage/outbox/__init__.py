"""The outbox of requests: rows and copies that stand for each other (docs/decisions/020-outbox.md)."""
