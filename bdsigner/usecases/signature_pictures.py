"""Hand signature and seal under the profile "NĐ 30/2020": what is wrong with them is said before the PIN (§8)."""

from bdsigner.model.profile import AppearanceProfile
from bdsigner.model.signature import SEAL_MM, HandAndSeal, SignaturePictures, SigningPlan
from bdsigner.model.signing_rules import Declaration
from bdsigner.model.token import SignerIdentity
from bdsigner.ports import Services
from bdsigner.regulation.visible_signature import compose


def check_appearances(plan: SigningPlan, signer: SignerIdentity, services: Services) -> None:
    """Put together what the files of a plan will show, and read the pictures in it.

    Raises ``CertificateError``, ``SigningError`` as signing would.
    """
    shown = [file.declaration or Declaration() for file in plan.files if file.box is not None or file.field]
    for mode in sorted({declaration.mode for declaration in shown}):
        now = services.clock.now()
        appearance = compose(signer.certificate, services.profile, now, mode=mode, pictures=plan.pictures)
        if isinstance(appearance, HandAndSeal):
            for path in (appearance.hand, appearance.seal):
                if path is not None:
                    services.documents.read_picture(path)


def seal_size_mm(pictures: SignaturePictures, services: Services) -> tuple[float, float] | None:
    """Width and height of the seal as it will be printed on originals; ``None`` when none will.

    Raises ``SigningError`` when it cannot be read.
    """
    is_printed = services.profile.appearance_profile is AppearanceProfile.ND_30_2020
    if not is_printed or pictures.seal is None:
        return None
    size = services.documents.read_picture(pictures.seal)
    if size.width_mm is not None and size.height_mm is not None:
        return size.width_mm, size.height_mm
    return SEAL_MM[0], SEAL_MM[0] * size.height_px / size.width_px
