"""Who may sign what under which title: Đ5.1b, Đ10.2b and Đ10.2c."""

from bdsigner.errors import ErrorCode, Fact
from bdsigner.model.layout import Certainty, DocumentLayout, SignOff
from bdsigner.model.person_names import same_person
from bdsigner.model.profile import Profile
from bdsigner.model.signing_rules import Objection, ObjectionWeight, SigningFacts
from bdsigner.model.vietnamese import fold
from bdsigner.regulation.titles import (
    Block,
    Power,
    TitleMatch,
    is_deputy_of,
    is_head_of_room,
    is_leader,
    match_title,
    read_block,
)


def original_objections(facts: SigningFacts) -> list[Objection]:
    """Đ10.2b, Đ5.1b: an official original is signed by the authorised person under the exact title."""
    title = facts.certificate.title
    if not title:
        return [Objection.stop(ErrorCode.REGULATION_NO_TITLE, "Đ10.2b", name=facts.certificate.common_name)]
    if not any(is_leader(held, facts.profile.leader_titles) for held in (title, *facts.other_titles)):
        return [Objection.stop(ErrorCode.REGULATION_NOT_AUTHORISED, "Đ5.1b", title=title)]
    sign_off = facts.layout.sign_off
    if sign_off is None or not sign_off.title_lines:
        return [Objection.confirm(ErrorCode.REGULATION_SIGN_OFF_UNREAD, "Đ10.2b", title=title)]
    block = read_block([line.text for line in sign_off.title_lines])
    weight = _weight(sign_off)
    return [
        *_title_objections(facts, block, sign_off, weight),
        *_power_objections(block, facts.profile, sign_off, weight),
        *_name_objections(facts, sign_off, weight),
    ]


def copy_objections(facts: SigningFacts) -> list[Objection]:
    """Đ10.2c: a digitised copy is signed by the chief of office or who is equal to them, of a paper signed before."""
    found = []
    if not may_sign_copies(facts.certificate.title, facts.profile):
        allowed = ", ".join(facts.profile.copy_titles)
        found.append(
            Objection.stop(ErrorCode.REGULATION_COPY_TITLE, "Đ10.2c", title=facts.certificate.title, allowed=allowed)
        )
    if not facts.declaration.is_paper_signed:
        found.append(Objection.stop(ErrorCode.REGULATION_COPY_UNCONFIRMED, "Đ10.2c"))
    return found


def may_sign_copies(title: str, profile: Profile) -> bool:
    """Whether a title is, or begins with, one of the profile's; a deputy's title is another one."""
    return any(
        match_title(title, allowed) is not TitleMatch.OTHER and _begins(title, allowed)
        for allowed in profile.copy_titles
    )


def _begins(title: str, allowed: str) -> bool:
    return fold(title).startswith(fold(allowed))


def _title_objections(facts: SigningFacts, block: Block, sign_off: SignOff, weight: ObjectionWeight) -> list[Objection]:
    certificate = facts.certificate
    shown: dict[str, Fact] = {"written": block.own, "title": certificate.title, "page": sign_off.slot.page + 1}
    if not block.own:
        shown["written"] = sign_off.title_lines[-1].text
        return [Objection.confirm(ErrorCode.REGULATION_TITLE_UNCLEAR, "Đ10.2b", **shown)]
    own = (certificate.organization, certificate.unit)
    lines = facts.layout.agency_lines
    document = (" ".join(lines), *lines, *block.titles_of(Power.TM))
    matches = {
        match_title(block.own, held, own_agencies=own, document_agencies=document)
        for held in (certificate.title, *facts.other_titles)
    }
    if TitleMatch.SAME in matches:
        return []
    if TitleMatch.UNCLEAR in matches:
        return [Objection.confirm(ErrorCode.REGULATION_TITLE_UNCLEAR, "Đ10.2b", **shown)]
    return [Objection(code=ErrorCode.REGULATION_TITLE_MISMATCH, clause="Đ10.2b", weight=weight, facts=shown)]


def _power_objections(block: Block, profile: Profile, sign_off: SignOff, weight: ObjectionWeight) -> list[Objection]:
    page, own = sign_off.slot.page + 1, block.own

    def unfit(power: Power, clause: str, head: str, weight: ObjectionWeight) -> Objection:
        shown: dict[str, Fact] = {"power": power.value, "head": head, "written": own, "page": page}
        return Objection(code=ErrorCode.REGULATION_POWER_UNFIT, clause=clause, weight=weight, facts=shown)

    found = []
    if block.has(Power.TUQ) and not profile.agency_regulation:
        found.append(
            Objection(code=ErrorCode.REGULATION_TUQ_UNGROUNDED, clause="Đ3.9b", weight=weight, facts={"page": page})
        )
    elif own and block.has(Power.TUQ) and not is_head_of_room(own):
        found.append(unfit(Power.TUQ, "Đ3.9b", block.titles_of(Power.TUQ)[0], weight))
    if not own:
        return found
    found += [
        unfit(Power.KT, "Đ10.2b", head, weight) for head in block.titles_of(Power.KT) if not is_deputy_of(own, head)
    ]
    # How far an order reaches is not written down: asked about.
    found += [
        unfit(Power.TL, "Đ10.2b", head, ObjectionWeight.CONFIRM)
        for head in block.titles_of(Power.TL)
        if not head or is_deputy_of(own, head) or match_title(own, head) is not TitleMatch.OTHER
    ]
    return found


def _name_objections(facts: SigningFacts, sign_off: SignOff, weight: ObjectionWeight) -> list[Objection]:
    if sign_off.name is None or same_person(sign_off.name.text, facts.certificate.common_name):
        return []
    shown: dict[str, Fact] = {
        "written": sign_off.name.text,
        "name": facts.certificate.common_name,
        "page": sign_off.name.box.page + 1,
    }
    return [Objection(code=ErrorCode.REGULATION_OTHER_SIGNER, clause="Đ10.2b", weight=weight, facts=shown)]


def is_copy_suggested(layout: DocumentLayout, title: str, profile: Profile) -> bool:
    """A scan in the hands of somebody who signs copies."""
    return not layout.has_text and may_sign_copies(title, profile)


def _weight(sign_off: SignOff) -> ObjectionWeight:
    return ObjectionWeight.STOP if sign_off.certainty is Certainty.SURE else ObjectionWeight.CONFIRM
