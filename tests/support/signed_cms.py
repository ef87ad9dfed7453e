"""CMS files made with pyHanko and asn1crypto from the in-memory PKI, bent in any way a test wants."""

import asyncio
import hashlib
import zlib
from collections.abc import Callable
from pathlib import Path

from asn1crypto import cms, core
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from pyhanko.sign import signers
from pyhanko.sign.timestamps import TimeStamper

from bdsigner.formats.der import tlv
from tests.support.small_pki import Holder

Edit = Callable[[cms.SignedData], object]


def signed_cms(
    signer: signers.Signer, content: bytes, *, detached: bool = False, stamper: TimeStamper | None = None
) -> cms.ContentInfo:
    """A CAdES-B signature, with ``stamper`` CAdES-T."""
    made = signer.async_sign_general_data(content, "sha256", detached=detached, use_cades=True, timestamper=stamper)
    return asyncio.run(made)


def edited(made: cms.ContentInfo, edit: Edit) -> bytes:
    """The same with its SignedData changed."""
    copied = cms.ContentInfo.load(made.dump())  # a deep copy takes asn1crypto seconds to write
    edit(copied["content"])
    return bytes(copied.dump())


def signed_anew(info: cms.SignerInfo, holder: Holder) -> None:
    """Make the value fit the attributes again."""
    covered = b"\x31" + info["signed_attrs"].dump(force=True)[1:]
    info["signature"] = holder.key.sign(covered, padding.PKCS1v15(), hashes.SHA256())


def add_unsigned(info: cms.SignerInfo, name: str, *values: core.Asn1Value) -> None:
    """Put an unsigned attribute beside the others."""
    present = [] if isinstance(info["unsigned_attrs"], core.Void) else list(info["unsigned_attrs"])
    added = cms.CMSAttribute({"type": name, "values": list(values)})
    info["unsigned_attrs"] = cms.CMSAttributes([*present, added])


def indefinite(tag: int, *parts: bytes) -> bytes:
    """One element of indefinite length."""
    return bytes((tag, 0x80)) + b"".join(parts) + b"\0\0"


def as_ber(made: cms.ContentInfo, *, piece: int = 1000) -> bytes:
    """The same in BER as streaming writers make it: indefinite lengths, the content in pieces."""
    data = made["content"]
    content = data["encap_content_info"]["content"]
    inside = [data["encap_content_info"]["content_type"].dump()]
    if not isinstance(content, core.Void):
        text = bytes(content)
        pieces = [tlv(0x04, text[at : at + piece]) for at in range(0, len(text), piece)]
        inside.append(indefinite(0xA0, indefinite(0x24, *pieces)))
    certificates = b"".join(one.dump() for one in data["certificates"])
    return indefinite(
        0x30,
        made["content_type"].dump(),
        indefinite(
            0xA0,
            indefinite(
                0x30,
                data["version"].dump(),
                data["digest_algorithms"].dump(),
                indefinite(0x30, *inside),
                indefinite(0xA0, certificates),
                indefinite(0x31, *(one.dump() for one in data["signer_infos"])),
            ),
        ),
    )


def write_large(path: Path, signer: signers.Signer, piece: bytes, count: int) -> None:
    """An attached signature over ``count`` pieces, written as streaming writers do."""
    digest = hashlib.sha256()
    for _ in range(count):
        digest.update(piece)
    made = asyncio.run(signer.async_sign(digest.digest(), "sha256"))
    mark = b"-content-"
    made["content"]["encap_content_info"] = {"content_type": "data", "content": mark}
    head, _, tail = as_ber(made).partition(tlv(0x04, mark))
    with path.open("wb") as file:
        file.write(head)
        for _ in range(count):
            file.write(tlv(0x04, piece))
        file.write(tail)


def compressed(content: bytes) -> bytes:
    """A CompressedData (RFC 3274)."""
    algorithm = tlv(0x30, core.ObjectIdentifier("1.2.840.113549.1.9.16.3.8").dump())
    octets = tlv(0xA0, tlv(0x04, zlib.compress(content, 9)))
    inside = tlv(0x30, core.ObjectIdentifier("1.2.840.113549.1.7.1").dump() + octets)
    body = tlv(0x30, core.Integer(0).dump() + algorithm + inside)
    return tlv(0x30, core.ObjectIdentifier("1.2.840.113549.1.9.16.1.9").dump() + tlv(0xA0, body))
