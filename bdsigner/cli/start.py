"""The command line from its first moment: the child that works for the command starts before all imports."""

from collections.abc import Sequence

from bdsigner.app import DocumentChildren, Skill, start_children
from bdsigner.cli.commands import likely_command

_SKILLS = {
    "sign": Skill.SIGNING,
    "extend": Skill.VERIFYING,
    "verify": Skill.VERIFYING,
    "review": Skill.VERIFYING,
    "release": Skill.VERIFYING,
}


def main(arguments: Sequence[str]) -> int:
    """Run the command; returns the exit code."""
    skill = _SKILLS.get(likely_command(arguments))
    if skill is None:
        return _run(arguments, None)
    children = start_children(skill)
    try:
        return _run(arguments, children)
    finally:
        children.close()


def _run(arguments: Sequence[str], children: DocumentChildren | None) -> int:
    from bdsigner.cli.main import run

    return run(arguments, children)
