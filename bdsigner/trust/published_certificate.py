"""A certificate as the department publishes it, in a signed file or over HTTPS (docs/directory.md)."""

from base64 import b64decode
from datetime import datetime
from typing import Annotated

from msgspec import Meta, Struct

from bdsigner.model.directory import DirectoryEntry, DirectorySource
from bdsigner.trust.certificates import parse_certificate

Text = Annotated[str, Meta(max_length=300)]


class PublishedCertificate(Struct, kw_only=True, rename="camel"):
    """One certificate as the department publishes it, in a file or over HTTPS; unknown keys are left alone."""

    certificate: Annotated[str, Meta(max_length=100_000)]
    """DER, base64."""
    name: Text = ""
    title: Text = ""
    agency: Text = ""
    email: Text = ""
    published_at: Annotated[datetime, Meta(tz=True)] | None = None

    def entry(self, source: DirectorySource, source_name: str) -> DirectoryEntry:
        """What this says of the holder, else the certificate itself.  Raises ``CertificateError``, ``ValueError``."""
        of_itself = DirectoryEntry.of(parse_certificate(b64decode(self.certificate, validate=True)), source)
        return DirectoryEntry(
            name=self.name.strip() or of_itself.name,
            title=self.title.strip() or of_itself.title,
            agency=self.agency.strip() or of_itself.agency,
            email=self.email.strip() or of_itself.email,
            certificate=of_itself.certificate,
            source=source,
            source_name=source_name,
            published_at=self.published_at,
        )
