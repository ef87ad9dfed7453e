"""Universal signature forgery: parts of the signature are taken away so that there is nothing to check."""

from collections.abc import Callable

from tests.assets.attacks.attack import Attack, Scene
from tests.support.signed_pdf import Gap


def _without(key: bytes) -> Callable[[Scene], bytes]:
    def make(scene: Scene) -> bytes:
        data = scene.signed
        at = data.rindex(key)
        return data[:at] + b"/X" + key[2:] + data[at + len(key) :]

    return make


def _contents(text: bytes) -> Callable[[Scene], bytes]:
    def make(scene: Scene) -> bytes:
        _, first, second, _ = Gap.of(scene.signed).byte_range
        return scene.signed[:first] + text.ljust(second - first) + scene.signed[second:]

    return make


def _subfilter(name: bytes) -> Callable[[Scene], bytes]:
    def make(scene: Scene) -> bytes:
        old = b"/ETSI.CAdES.detached"
        return scene.signed.replace(old, name.ljust(len(old)))

    return make


def _zeros(scene: Scene) -> bytes:
    _, first, second, _ = Gap.of(scene.signed).byte_range
    return _contents(b"<" + b"0" * (second - first - 2) + b">")(scene)


ATTACKS = (
    *(
        Attack("forgery", f"no {key.decode().strip(' /<')}", expected, _without(key))
        for key, expected in ((b"/ByteRange", "CHANGED"), (b"/Contents <", "CHANGED"), (b"/SubFilter", "UNSUPPORTED"))
    ),
    *(
        Attack("forgery", f"Contents {text.decode()}", "CHANGED", _contents(text))
        for text in (b"<>", b"<00>", b"null", b"(text)", b"<3000>", b"<3080>")
    ),
    Attack("forgery", "Contents all zeros", "UNSUPPORTED", _zeros),
    *(
        Attack("forgery", f"SubFilter {name.decode() or 'empty'}", "UNSUPPORTED", _subfilter(name))
        for name in (b"/adbe.x509.rsa_sha1", b"/ETSI.CAdES.detachex", b"/Foo", b"")
    ),
)
