"""What the self-check measures, put together from the adapters."""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bdsigner.model.profile import Profile
    from bdsigner.model.self_check import CardService, DriverSurvey, FolderState
    from bdsigner.ports import Probes
    from bdsigner.token.discovery import Discovery


def make_probes(profile: "Profile", discover: "Callable[[], Discovery]") -> "Probes":
    """Adapters are imported when they are asked."""
    from bdsigner.net.reach import ask_timestamp, reach, reach_proxy
    from bdsigner.ports import Probes

    network = profile.network
    return Probes(
        drivers=lambda: _survey(discover()),
        card_service=_card_service,
        ask_timestamp=lambda url, request: ask_timestamp(url, request, network),
        reach=partial(reach, policy=network),
        reach_proxy=reach_proxy,
        folders=_folders,
    )


def _survey(found: "Discovery") -> "DriverSurvey":
    from bdsigner.model.self_check import DriverSurvey

    names = tuple(
        module.name if module.name == module.path.name else f"{module.name} ({module.path.name})"
        for module in found.modules
    )
    return DriverSurvey(names=names, problems=found.problems)


def _card_service() -> "CardService":
    from bdsigner.token.pcsc import service_state

    return service_state()


def _folders() -> "tuple[FolderState, ...]":
    from bdsigner.storage.machine import folder_states
    from bdsigner.storage.settings import load_settings_or_defaults

    return folder_states(load_settings_or_defaults()[0].last_folder)
