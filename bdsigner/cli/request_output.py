"""Requests as text for people and as JSON for programs."""

from collections.abc import Sequence
from typing import Any

import click

from bdsigner.cli.output import error_json, print_error
from bdsigner.messages.errors import describe
from bdsigner.messages.requests import (
    CASE_NAMES,
    describe_alarm,
    describe_move,
    describe_problem,
    describe_receipt,
    describe_recovery,
    next_step,
    state_name,
)
from bdsigner.messages.times import show_time
from bdsigner.messages.translate import tr
from bdsigner.model.form import FilledRequest
from bdsigner.model.profile import RequestChannel
from bdsigner.model.request import RaisedAlarm, Recovery, Request

SHOWN_CHARACTERS = 8
"""Of an id in lists: enough for one machine."""


def print_fields(filled: FilledRequest) -> None:
    """Every field with its key, as ``--set`` takes it."""
    template = filled.form.template
    click.echo(f"{tr(CASE_NAMES[filled.form.case])} · {template.number or template.title}")
    for one in template.fields:
        click.echo(f"  {one.key}: {one.label.rstrip(': ')} = {filled.form.values.get(one.key, '…')}")
    for number, row in enumerate(filled.form.rows, 1):
        click.echo(f"  {number}. {' · '.join(value for value in row.values() if value)}")
    for paper in filled.form.attached:
        click.echo(f"  + {paper.attachment}: {paper.file_name}")


def print_judgement(filled: FilledRequest) -> None:
    """What was refused, on standard error, and what is missing."""
    for problem in filled.refused:
        print_error(problem)
    for problem in filled.missing:
        key = f"{problem.facts['key']}: " if "key" in problem.facts else ""
        click.echo(f"  ? {key}{describe(problem).sentence}")


def filled_json(filled: FilledRequest) -> dict[str, Any]:
    form = filled.form
    return {
        "form": form.template.id,
        "form_version": form.template.version,
        "case": form.case.value,
        "values": form.values,
        "rows": list(form.rows),
        "fields": [{"key": one.key, "label": one.label, "kind": one.kind.value} for one in form.template.fields],
        "refused": [error_json(problem) for problem in filled.refused],
        "missing": [error_json(problem) for problem in filled.missing],
    }


def line_of(request: Request) -> str:
    """One line of a list."""
    parts = [
        request.id[:SHOWN_CHARACTERS],
        show_time(request.changed_at),
        state_name(request.state),
        request.subject or "…",
        tr(CASE_NAMES[request.case]),
    ]
    return " · ".join(parts)


def print_standing(request: Request) -> None:
    """How far a request is, why the last step failed, and what to do next."""
    click.echo(line_of(request))
    problem = describe_problem(request)
    if problem is not None:
        click.echo(f"  ! {problem.title}. {problem.sentence} [{problem.code}]")
    if request.reference:
        click.echo("  " + tr("Số tiếp nhận: {reference}").format(reference=request.reference))
    if request.reason:
        click.echo("  " + tr("Lý do: {reason}").format(reason=request.reason))
    click.echo(f"  → {next_step(request)}")


def print_history(request: Request, channels: Sequence[RequestChannel]) -> None:
    """Every move and every receipt."""
    for move in request.history:
        click.echo(f"    {describe_move(move, channels)}")
    for receipt in request.receipts:
        click.echo(f"    {describe_receipt(receipt)}")


def print_warnings(alarms: Sequence[RaisedAlarm], recovery: Recovery | None, phone: str) -> None:
    """What a person must be told whatever they asked for, on standard error."""
    for raised in alarms:
        short = raised.request.id[:SHOWN_CHARACTERS]
        click.echo(f"!! {describe_alarm(raised, phone)} [{short}]", err=True)
    if recovery is not None:
        click.echo(f"!! {describe_recovery(recovery)}", err=True)


def request_json(request: Request) -> dict[str, Any]:
    """A request without what was typed into it."""
    return {
        "id": request.id,
        "case": request.case.value,
        "form": request.form,
        "subject": request.subject,
        "device": request.serial or None,
        "created_at": request.created_at.isoformat(),
        "changed_at": request.changed_at.isoformat(),
        "state": request.state.value,
        "attachments": {key: one.name for key, one in request.attachments.items()},
        "signed_fields": list(request.signed_fields),
        "hand_signed": request.is_hand_signed,
        "sender": request.sender or None,
        "channel": request.channel or None,
        "attempts": request.attempts,
        "next_attempt": request.next_attempt.isoformat() if request.next_attempt else None,
        "problem": _problem_json(request),
        "sent_at": request.sent_at.isoformat() if request.sent_at else None,
        "reference": request.reference or None,
        "reason": request.reason or None,
        "receipts": [
            {
                "state": one.state.value,
                "at": one.at.isoformat(),
                "proof": one.proof.value,
                "signer": one.signer or None,
                "reference": one.reference or None,
                "reason": one.reason or None,
            }
            for one in request.receipts
        ],
        "history": [
            {
                "at": one.at.isoformat(),
                "state": one.state.value,
                "channel": one.channel or None,
                "code": one.code or None,
            }
            for one in request.history
        ],
        "next_step": next_step(request),
    }


def warnings_json(alarms: Sequence[RaisedAlarm], recovery: Recovery | None, phone: str) -> dict[str, Any]:
    return {
        "alarms": [
            {"request": one.request.id, "alarm": one.alarm.value, "sentence": describe_alarm(one, phone)}
            for one in alarms
        ],
        "recovery": describe_recovery(recovery) if recovery is not None else None,
    }


def _problem_json(request: Request) -> dict[str, Any] | None:
    problem = describe_problem(request)
    if problem is None:
        return None
    return {
        "code": problem.code,
        "title": problem.title,
        "sentence": problem.sentence,
        "remedy": problem.remedy,
        "facts": dict(request.problem_facts),
    }
