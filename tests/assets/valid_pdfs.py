"""Sound signed PDFs of every kind the program must accept, made by code; what attackers start from is among them."""

from collections.abc import Callable
from dataclasses import dataclass

from asn1crypto import cms
from cryptography.hazmat.primitives.asymmetric import ec
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.sign.fields import SigSeedSubFilter

from tests.assets.attacks.attack import Scene
from tests.support.signed_cms import edited, signed_anew
from tests.support.signed_pdf import (
    add_empty_field,
    embed,
    make_pdf,
    revision_of,
    sign,
    signed_data,
    simple_signer,
    stamp_document,
    written,
)
from tests.support.small_pki import MemoryNetwork, make_certificate

PKCS7 = SigSeedSubFilter.ADOBE_PKCS7_DETACHED


@dataclass(frozen=True)
class Sound:
    """One variant."""

    name: str
    make: Callable[[Scene], bytes]


def with_dss(data: bytes, *ocsps: bytes) -> bytes:
    """Add a document security store."""
    writer = revision_of(data)
    streams = [writer.add_object(generic.StreamObject(stream_data=one)) for one in ocsps]
    dss = generic.DictionaryObject({pdf_name("/OCSPs"): generic.ArrayObject(streams)})
    writer.root[pdf_name("/DSS")] = writer.add_object(dss)
    writer.update_root()
    return written(writer)


def _stamped(scene: Scene) -> bytes:
    return scene.sign(make_pdf(), stamper=scene.stamper)


def _long_term(scene: Scene) -> bytes:
    network = MemoryNetwork.of(scene.pki)
    proofs = [network.ocsp_for(one) for one in (scene.pki.signer, scene.pki.issuing, scene.pki.tsa)]
    return with_dss(_stamped(scene), *proofs)


def _twice(scene: Scene, first: bytes) -> bytes:
    return scene.sign(first, field="Signature2", stamper=scene.stamper, visible=True)


def _curve(scene: Scene) -> bytes:
    key = ec.generate_private_key(ec.SECP256R1())
    holder = make_certificate("Đường Cong", scene.pki.issuing, key=key)  # type: ignore[arg-type]  # any key signs
    return sign(make_pdf(), simple_signer(holder, scene.pki.issuing))


def _cms(scene: Scene, change: Callable[[cms.SignedData], None]) -> bytes:
    return embed(make_pdf(), lambda digest: edited(signed_data(scene.signer, digest), change))


def _empty_content(data: cms.SignedData) -> None:
    data["encap_content_info"]["content"] = b""


def _without_time(scene: Scene) -> Callable[[cms.SignedData], None]:
    def change(data: cms.SignedData) -> None:
        info = data["signer_infos"][0]
        kept = [one for one in info["signed_attrs"] if one["type"].native in ("content_type", "message_digest")]
        info["signed_attrs"] = cms.CMSAttributes(kept)
        signed_anew(info, scene.pki.signer)

    return change


SOUND: tuple[Sound, ...] = (
    Sound("B-B", lambda scene: scene.signed),
    Sound("B-T", _stamped),
    Sound("B-LT", _long_term),
    Sound("B-LTA", lambda scene: stamp_document(_long_term(scene), scene.stamper)),
    Sound("B-B and a document timestamp", lambda scene: stamp_document(scene.signed, scene.stamper)),
    Sound("visible", lambda scene: scene.sign(make_pdf(), visible=True)),
    Sound("certified", lambda scene: scene.sign(make_pdf(), certify=True)),
    Sound("certified, then signed", lambda scene: _twice(scene, scene.sign(make_pdf(), certify=True))),
    Sound("two signers", lambda scene: _twice(scene, _stamped(scene))),
    Sound("two signers, B-LTA between", lambda scene: _twice(scene, stamp_document(_long_term(scene), scene.stamper))),
    Sound("cross-reference streams", lambda scene: scene.sign(make_pdf(stream_xrefs=True))),
    Sound("adbe.pkcs7.detached", lambda scene: scene.sign(make_pdf(), subfilter=PKCS7)),
    Sound("SHA-384", lambda scene: scene.sign(make_pdf(), digest="sha384")),
    Sound("SHA-512", lambda scene: scene.sign(make_pdf(), digest="sha512")),
    Sound(
        "RSA-PSS", lambda scene: sign(make_pdf(), simple_signer(scene.pki.signer, scene.pki.issuing, prefer_pss=True))
    ),
    Sound("ECDSA P-256", _curve),
    Sound("CMS with empty content", lambda scene: _cms(scene, _empty_content)),
    Sound("CMS without signing time", lambda scene: _cms(scene, _without_time(scene))),
    Sound("white space behind the end", lambda scene: scene.signed + b"\r\n\r\n"),
    Sound("signed in an empty field", lambda scene: scene.sign(add_empty_field(make_pdf()), field="Empty")),
)
"""Every variant; all are intact and whole."""
