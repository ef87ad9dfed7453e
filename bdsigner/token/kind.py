"""Whether a token is a device or a program (Đ3.7: production mode accepts devices only)."""

_SOFTWARE_MANUFACTURERS = (
    "softhsm",
    "mozilla",  # NSS softokn: "Mozilla Foundation", model "NSS 3"
    "pkcs#11 kit",  # p11-kit trust store
    "gnome keyring",
    "kryoptic",
)
_SOFTWARE_MODELS = (
    "softhsm",
    "nss",
    "soft",  # opencryptoki's swtok: manufacturer "IBM", model "Soft" or "SoftTok"
    "p11-kit-trust",
    "kryoptic",
)


def is_hardware_token(*, hardware_slot: bool, removable: bool, manufacturer: str, model: str) -> bool:
    """Judge by the slot's flags and the names of known software modules.

    A device's slot has CKF_HW_SLOT (PKCS#11 v2.40 §3.2); some card drivers set only CKF_REMOVABLE_DEVICE.  Software
    modules may claim either (SoftHSM's ``slots.removable``), so known names are excluded.  This stops honest
    mistakes, not a driver written to deceive: that a key lives in a device is vouched for by its CA.
    """
    maker, name = manufacturer.casefold(), model.casefold()
    is_known_software = maker.startswith(_SOFTWARE_MANUFACTURERS) or name.startswith(_SOFTWARE_MODELS)
    return (hardware_slot or removable) and not is_known_software
