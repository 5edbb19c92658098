"""``jixiao layouts``: what the labels of a layout are, decided once for all its forms."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from assistant.cli.review import open_assistant, settings_of

if TYPE_CHECKING:
    from schemas.layouts import Layout


@click.group(invoke_without_command=True)
@click.option("--json", "json_", is_flag=True)
@click.pass_context
def layouts(context: click.Context, json_: bool) -> None:
    """List the layouts: how many forms each has, and the labels that no field names.

    Forms with the same labels have one layout. What is decided of it holds for every form of it,
    past and future.
    """
    if context.invoked_subcommand:
        return
    from assistant.export.form_json import as_json

    with open_assistant() as assistant:
        found = assistant.layouts.layouts()
    if json_:
        click.echo(as_json([_said(one) for one in found]))
        return
    for one in found:
        click.echo(f"{one.layout}  {one.form_type}  {one.forms} forms")
        for label in one.open:
            click.echo(f"    {label}")


def _said(one: Layout) -> dict[str, object]:
    return {
        "layout": one.layout, "form_type": one.form_type, "forms": one.forms, "open": one.open,
        "named": {d.label: d.field for label in one.labels if (d := label.decision)},
    }  # fmt: skip


@layouts.command()
@click.argument("layout")
@click.argument("label")
@click.argument("field")
@click.option("--by", default=None, help="Who decides; else the reviewer of the settings.")
def name(layout: str, label: str, field: str, by: str | None) -> None:
    """On forms of LAYOUT, LABEL (as printed) is FIELD of the schema."""
    who = by or settings_of().reviewer
    with open_assistant() as assistant:
        forms = assistant.layouts.name(layout, label, field, who)
    click.echo(f"{forms} forms")


@layouts.command()
@click.argument("layout")
@click.argument("label")
@click.option("--by", default=None, help="Who decides; else the reviewer of the settings.")
def undo(layout: str, label: str, by: str | None) -> None:
    """Take back what was decided of LABEL."""
    who = by or settings_of().reviewer
    with open_assistant() as assistant:
        forms = assistant.layouts.name(layout, label, "", who)
    click.echo(f"{forms} forms")


@layouts.command(name="save")
@click.argument("path", type=click.Path(path_type=Path))
def save(path: Path) -> None:
    """Write all decisions to a file, for another store."""
    with open_assistant() as assistant:
        click.echo(f"{assistant.layouts.save(path)} decisions")


@layouts.command(name="load")
@click.argument("path", type=click.Path(path_type=Path))
def load(path: Path) -> None:
    """Take over the decisions of a file."""
    with open_assistant() as assistant:
        click.echo(f"{assistant.layouts.load(path)} decisions")
