"""Writes ``docs/request.schema.json``: ``python -m tests.support.request_schema``."""

from pathlib import Path

from bdsigner.department.machine_copy import schema

if __name__ == "__main__":
    Path("docs/request.schema.json").write_bytes(schema())
