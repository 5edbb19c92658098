"""``jixiao review``: the review queue from the shell."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import click

from assistant.readers.registry import installed

if TYPE_CHECKING:
    from assistant.service import Assistant
    from assistant.settings import Settings
    from schemas.review import Action


READERS = [reader.name for reader in installed()]


def settings_of(**changes: object) -> Settings:
    """The settings, with the options of a command over them."""
    from assistant.settings import load_settings

    return load_settings(**{name: value for name, value in changes.items() if value is not None})


def open_assistant(**changes: object) -> Assistant:
    from assistant.service import Assistant

    return Assistant(settings_of(**changes))


@click.group()
def review() -> None:
    """Look at what needs a person, and decide.

    FORM is a form's id (p03), with its document in front where several have one:
    NAME/p03. PATH is a cell as `review show` lists it.
    """


@review.command(name="list")
@click.option("--json", "json_", is_flag=True)
def review_list(json_: bool) -> None:
    """List the cells that need a person."""
    from assistant.cli.output import queue_json, queue_line
    from assistant.export.form_json import as_json

    with open_assistant() as assistant:
        items = assistant.queue()
    if json_:
        click.echo(as_json([queue_json(item) for item in items]))
        return
    for item in items:
        click.echo(queue_line(item))


@review.command(name="show")
@click.argument("form")
@click.argument("path", default="")
def review_show(form: str, path: str) -> None:
    """Show a form's cells, or one cell with its readings and its decisions."""
    from assistant.cli.output import cell_text, record_lines
    from assistant.review.replay import cell_at, decisions_of

    with open_assistant() as assistant:
        opened = assistant.find_record(form)
    if path:
        ref = cell_at(opened.record, path)
        click.echo(cell_text(ref, decisions_of(opened.decisions, path)))
        return
    for line in record_lines(opened.record, opened.lost):
        click.echo(line)


def _decision(command: Callable[..., None]) -> Callable[..., None]:
    """The options that every decision has."""
    command = click.option("--why", default="", help="The reason.")(command)
    return click.option("--who", default="", help="Who decides; else JIXIAO_REVIEWER.")(command)


def _decide(
    form: str, path: str, action: Action, who: str, why: str, *, after: str | None = None,
    reader: str | None = None,
) -> None:  # fmt: skip
    from datetime import UTC, datetime

    from assistant.cli.output import record_summary
    from assistant.review.replay import cell_at, value_of_reader
    from schemas.review import Decision

    settings = settings_of()
    with open_assistant() as assistant:
        record = assistant.find_record(form).record
        value = value_of_reader(cell_at(record, path).cell, reader) if reader else after
        decided = assistant.decide(
            Decision(
                document_id=record.document_id, form_id=record.form_id, path=path, action=action,
                after=value, who=who or settings.reviewer, at=datetime.now(UTC), why=why,
            )
        )  # fmt: skip
    click.echo(record_summary(decided.record))


@review.command()
@click.argument("form")
@click.argument("path")
@click.option("--reader", type=click.Choice(READERS), help="Take what this reader says.")
@_decision
def accept(form: str, path: str, reader: str | None, who: str, why: str) -> None:
    """Say that a cell's value is right."""
    _decide(form, path, "accept", who, why, reader=reader)


@review.command()
@click.argument("form")
@click.argument("path")
@click.argument("value")
@_decision
def correct(form: str, path: str, value: str, who: str, why: str) -> None:
    """Give a cell's right VALUE; an empty one says that the cell is empty."""
    _decide(form, path, "correct", who, why, after=value)


@review.command()
@click.argument("form")
@click.argument("path")
@_decision
def reject(form: str, path: str, who: str, why: str) -> None:
    """Say that a cell's value is wrong, without knowing the right one."""
    _decide(form, path, "reject", who, why)


@review.command()
@click.argument("form")
@_decision
def approve(form: str, who: str, why: str) -> None:
    """Approve a form none of whose cells needs a person any more."""
    _decide(form, "", "approve", who, why)


@review.command()
@click.argument("form")
@click.argument("path", default="")
@_decision
def reopen(form: str, path: str, who: str, why: str) -> None:
    """Take an approval back, or the decisions on one cell."""
    _decide(form, path, "reopen", who, why)
