"""Writes the published schema of the verification report: ``python -m tests.support.report_schema``."""

from pathlib import Path

from bdsigner.reports.verification_json import schema

if __name__ == "__main__":
    Path("docs/verification.schema.json").write_bytes(schema())
