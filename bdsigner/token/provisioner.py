"""Child of ``bdsigner.token.provisioning``: writes keys and certificates to soft tokens through PKCS#11.

``softhsm2-util --import`` would do for signing keys, but leaves out CKA_DERIVE of EC keys and cannot store certificates.
"""

import sys
from typing import Any

import msgspec
import pkcs11
from asn1crypto.x509 import Certificate
from pkcs11 import Attribute
from pkcs11.util.ec import decode_ec_private_key
from pkcs11.util.rsa import decode_rsa_private_key
from pkcs11.util.x509 import decode_x509_certificate, decode_x509_public_key

from bdsigner.token.provisioning import KeyPair, Provision


def main() -> int:
    """Read the request from stdin and carry it out; returns the exit code."""
    request = msgspec.json.decode(sys.stdin.buffer.read(), type=Provision)
    try:
        library = pkcs11.lib(request.module_path)
        for label, pairs in request.tokens.items():
            with library.get_token(token_label=label).open(rw=True, user_pin=request.pin) as session:
                for pair in pairs:
                    _write(session, pair)
    except pkcs11.PKCS11Error as error:
        sys.stderr.write(f"{type(error).__name__} {error}")
        return 1
    return 0


def _write(session: Any, pair: KeyPair) -> None:
    name = {Attribute.TOKEN: True, Attribute.ID: bytes.fromhex(pair.key_id), Attribute.LABEL: pair.label}
    session.create_object(_private_key(pair) | name)
    session.create_object(decode_x509_public_key(pair.certificate) | name)
    session.create_object(decode_x509_certificate(pair.certificate) | name)


def _private_key(pair: KeyPair) -> dict[Attribute, Any]:
    protection = {
        Attribute.PRIVATE: True,
        Attribute.SENSITIVE: True,
        Attribute.EXTRACTABLE: False,
        Attribute.SIGN: True,
    }
    if Certificate.load(pair.certificate).public_key.algorithm == "ec":
        # CKA_DECRYPT is on in SoftHSM unless told otherwise.
        return decode_ec_private_key(pair.private_key) | protection | {Attribute.DERIVE: True, Attribute.DECRYPT: False}
    return decode_rsa_private_key(pair.private_key) | protection | {Attribute.DECRYPT: True, Attribute.UNWRAP: True}


if __name__ == "__main__":
    sys.exit(main())
