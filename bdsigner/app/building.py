"""The concrete parts for one profile: the only place that knows all of them."""

import os
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from bdsigner.app.clock import SystemClock
from bdsigner.app.deliveries import make_deliveries
from bdsigner.app.probes import make_probes
from bdsigner.conversion.encryption_program import EncryptionProgram
from bdsigner.conversion.office import OfficeConverter
from bdsigner.documents.children import DocumentChildren, Skill
from bdsigner.documents.envelopes import ChildEnvelopes
from bdsigner.documents.gateway import ChildDocumentGateway
from bdsigner.model.profile import Profile
from bdsigner.net.directory_https import HttpsDirectory
from bdsigner.net.fetch import HttpFetcher
from bdsigner.net.ldap import LdapDirectory
from bdsigner.net.timestamp import HttpTimestamper
from bdsigner.ports import Probes, RemoteDirectory, Services
from bdsigner.storage.address_book import ADDRESS_BOOK_FILE, FileAddressBook
from bdsigner.storage.bundle import SignedBundles
from bdsigner.storage.credentials import read_password
from bdsigner.storage.devices import DEVICES_FILE, FileDeviceMemory
from bdsigner.storage.forms import FormFolder
from bdsigner.storage.journal import JOURNAL_FILE, FileBatchJournal
from bdsigner.storage.number_register import REGISTER_FILE, FileNumberRegister
from bdsigner.storage.outbox.store import OUTBOX_FOLDER, FileRequestStore
from bdsigner.storage.outputs import FileOutputs
from bdsigner.storage.published import PublishedAnywhere, PublishedFile
from bdsigner.storage.register import REGISTER_FILE as DOCUMENTS_FILE
from bdsigner.storage.register import FileDocumentRegister
from bdsigner.storage.resources import resource_path
from bdsigner.storage.timestamp_queue import QUEUE_FILE, FileTimestampQueue
from bdsigner.storage.typed_values import VALUES_FILE, KeyringTypedValues
from bdsigner.token.discovery import Discovery, FoundModule, find_modules
from bdsigner.token.gateway import ChildTokenGateway


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What an ``Application`` is made of."""

    services: Services
    warm_up: Callable[[Sequence[Skill]], None]
    """Start the children for these, and their imports, without waiting for them."""
    probes: Probes


def build_parts(profile: Profile, *, modules: Sequence[Path], children: DocumentChildren | None) -> Parts:
    """Build everything; starts no process yet.  ``children`` may run already."""
    if profile.softhsm_config is not None:
        # SoftHSM reads its configuration from the environment of the process that loads it: the token child.
        os.environ["SOFTHSM2_CONF"] = str(profile.softhsm_config.resolve())
    found = _find_modules(profile, modules)
    tokens = ChildTokenGateway(
        [module.path for module in found.modules],
        names={module.path: module.name for module in found.modules},
        problems=found.problems,
    )
    children = children or DocumentChildren(tuple(Skill))
    documents = ChildDocumentGateway(profile, HttpFetcher(profile.network), children=children)

    def warm_up(skills: Sequence[Skill]) -> None:
        documents.warm_up(*skills)
        if Skill.SIGNING in skills:
            tokens.warm_up()
            threading.Thread(target=_import_for_signing, name="warm-application", daemon=True).start()

    def own_place(name: str) -> Path | None:
        """What training remembers stays in its folder; ``None``: the person's data folder."""
        return profile.folder / name if profile.is_training else None

    book = FileAddressBook(own_place(ADDRESS_BOOK_FILE))
    services = Services(
        profile=profile,
        tokens=tokens,
        documents=documents,
        timestamper=HttpTimestamper(profile.timestamp, profile.network),
        outputs=FileOutputs(),
        clock=SystemClock(),
        memory=FileDeviceMemory(own_place(DEVICES_FILE)),
        publications=PublishedAnywhere(PublishedFile(profile.folder), book),
        address_book=book,
        directories=_directories(profile),
        bundles=SignedBundles(documents, signer=profile.directory.bundle_signer),
        converter=OfficeConverter(),
        envelopes=ChildEnvelopes(children),
        encryption_tools={one.id: EncryptionProgram(one) for one in profile.encryption_providers if one.command},
        journal=FileBatchJournal(own_place(JOURNAL_FILE)),
        numbers=FileNumberRegister(own_place(REGISTER_FILE)),
        waiting=FileTimestampQueue(own_place(QUEUE_FILE)),
        register=FileDocumentRegister(own_place(DOCUMENTS_FILE)),
        requests=FileRequestStore(own_place(OUTBOX_FOLDER)),
        forms=FormFolder(profile.folder, documents=documents, signer=profile.requests.forms_signer),
        typed_values=KeyringTypedValues(own_place(VALUES_FILE)),
        deliveries=make_deliveries(profile),
    )
    probes = make_probes(profile, lambda: _find_modules(profile, modules))
    return Parts(services=services, warm_up=warm_up, probes=probes)


def _import_for_signing() -> None:
    """What signing imports in this process, while it waits for tokens and children."""
    import bdsigner.net.exchange
    import bdsigner.usecases.sign_files  # noqa: F401  # imported for the sake of importing


def _directories(profile: Profile) -> tuple[RemoteDirectory, ...]:
    policy, found = profile.directory, list[RemoteDirectory]()
    if policy.ldap is not None:
        found.append(LdapDirectory(policy, policy.ldap, profile.network, password=read_password))
    if policy.https_url:
        found.append(HttpsDirectory(policy, profile.network))
    return tuple(found)


def _find_modules(profile: Profile, modules: Sequence[Path]) -> Discovery:
    """Training knows its own tokens only."""
    if profile.is_training:
        trained = tuple(FoundModule(path, path.name) for path in profile.pkcs11_modules)
        return Discovery(modules=trained, problems=())
    return find_modules([*modules, *profile.pkcs11_modules], catalogue=resource_path("pkcs11_modules.toml"))
