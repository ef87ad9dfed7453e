"""The register for others: all of it with its chain, and the evidence of one release (§12, §16.5).

Both are JSON with a versioned schema.  Each link's ``hash`` is the SHA-256 of its ``content`` as it stands there, in
UTF-8; the content holds the hash of the link before.  Whoever keeps one of these files can tell later whether the
register was written anew.
"""

import json
from typing import Any

from bdsigner.errors import ErrorCode, RegulationError
from bdsigner.model.register import ChainLink, Register
from bdsigner.model.registered_document import RegisteredDocument
from bdsigner.model.release import ReviewVerdict
from bdsigner.model.release_evidence import EVIDENCE_SCHEMA

REGISTER_SCHEMA = "bdsigner.register/1"


def register_json(register: Register) -> bytes:
    """All links, as they are kept."""
    return _written(
        {
            "schema": REGISTER_SCHEMA,
            "first_broken": register.first_broken,
            "set_aside": list(register.set_aside),
            "links": [_link(one) for one in register.links],
        }
    )


def release_evidence(document: RegisteredDocument) -> bytes:
    """What Đ12.1c asks of a released document and its file cannot prove: the clerk's review and the way it was sent.

    Raises ``RegulationError``: it was not reviewed or not released as it is.
    """
    review, reviewed, released = document.review, document.reviewed, document.released
    released_at = next((one.at for one in reversed(document.entries) if one.event is released), None)
    if released is None or released_at is None or review is None or reviewed is None:
        raise _unreleased(document)
    if review.verdict is not ReviewVerdict.RELEASE or review.sha256 != released.file.sha256:
        raise _unreleased(document)
    return _written(
        {
            "schema": EVIDENCE_SCHEMA,
            "file": {"name": released.file.name, "sha256": released.file.sha256},
            "document": {
                "number": document.document.number,
                "issued": document.document.issued,
                "title": document.document.title,
                "kind": document.kind.value,
                "mode": document.mode.value,
                "signer": document.signer,
                "signer_title": document.title,
            },
            "review": {
                "verdict": review.verdict.value,
                "reviewer": review.reviewer,
                "at": review.at.isoformat(),
                "sha256": review.sha256,
                "signature": reviewed.signature.value if reviewed.signature is not None else None,
                "signer_title": reviewed.title,
                "written_title": list(reviewed.written_title),
            },
            "release": {
                "channel": released.channel,
                "channel_name": released.channel_name,
                "sender": released.sender,
                "recipients": list(released.recipients),
                "at": released_at.isoformat(),
                "sha256": released.file.sha256,
            },
            "links": [_link(entry.link) for entry in document.entries],
        }
    )


def _link(one: ChainLink) -> dict[str, Any]:
    return {"number": one.number, "content": one.content, "hash": one.hash}


def _written(value: dict[str, Any]) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=2).encode() + b"\n"


def _unreleased(document: RegisteredDocument) -> RegulationError:
    return RegulationError(ErrorCode.REGULATION_RELEASE_UNREVIEWED, path=document.file.name, clause="Đ10.3c")
