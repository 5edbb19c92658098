"""The command ``jixiao``: thin over :class:`assistant.service.Assistant`.

Nothing heavy is imported before a command needs it. What a program reads goes
to stdout, all else to stderr. Exit codes: 0 done, 1 the documents or the
question could not be served, 2 wrong usage.
"""

from __future__ import annotations

import os
import sys
import threading
from pathlib import Path
from types import TracebackType
from typing import Any

import click

from assistant.cli.feedback import feedback
from assistant.cli.layouts import layouts
from assistant.cli.review import READERS, open_assistant, review, settings_of
from assistant.errors import JixiaoError, UsageError
from assistant.readers.registry import RECONCILED

_INTERRUPTED = 130
_PATH = click.Path(path_type=Path)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="jixiao", prog_name="jixiao")
def cli() -> None:
    """Reads Chinese budget performance forms and answers with the page to prove it."""


@cli.command()
@click.argument("files", nargs=-1, required=True, type=_PATH, metavar="FILE…")
@click.option("--llm", type=click.Choice(["on", "off"]), default="on", help="off: rules alone.")
def ingest(files: tuple[Path, ...], llm: str) -> None:
    """Read, reconcile, check and index documents. Safe to repeat and to kill."""
    from assistant.cli.output import IngestProgress, document_line

    with (
        open_assistant(llm="off" if llm == "off" else None) as assistant,
        IngestProgress() as progress,
    ):
        statuses = assistant.ingest(files, on_progress=progress.show)
    failed = [status for status in statuses if "failed" in (status.rules, status.indexed)]
    for status in statuses:
        click.echo(document_line(status), err=status in failed)
    if failed:
        sys.exit(JixiaoError.exit_code)


@cli.command()
@click.argument("file", type=_PATH)
@click.option(
    "--reader", type=click.Choice([*READERS, RECONCILED]), default=RECONCILED,
    show_default=True, help="Which account of the forms.",
)  # fmt: skip
@click.option("--format", "kind", type=click.Choice(["json", "xlsx"]), default="json")
@click.option("-o", "--output", type=_PATH, help="Write there instead of to stdout.")
def extract(file: Path, reader: str, kind: str, output: Path | None) -> None:
    """Read one file without a database and print its forms as JSON."""
    from assistant.cli.output import write_text
    from assistant.export.form_json import as_json, document_json
    from assistant.ingest.extract import extract as run
    from assistant.readers.registry import default_readers

    if kind == "xlsx" and output is None:
        raise UsageError("usage.no_output")
    found = run(file, reader, default_readers(settings_of()))
    for warning in found.warnings:
        click.echo(warning, err=True)
    if kind == "xlsx" and output is not None:
        from assistant.export import workbook

        target = output if output.suffix.lower() == ".xlsx" else output.with_suffix(".xlsx")
        workbook.write(target, found.records, {found.document.id: found.document.name})
        return
    text = as_json(document_json(found.document, found.segmentation, found.records))
    if output is not None:
        write_text(output, text)
    else:
        click.echo(text)


@cli.command()
@click.argument("question")
@click.option("--json", "json_", is_flag=True, help="Print the whole answer as JSON.")
@click.option("--conversation", default="", metavar="ID", help="Follow up in a conversation.")
@click.option("--approved-only", is_flag=True, help="Answer from approved records only.")
def ask(question: str, json_: bool, conversation: str, approved_only: bool) -> None:
    """Answer a question from the documents, with the pages it rests on."""
    from assistant.cli.output import answer_text
    from assistant.export.form_json import as_json

    if not question.strip():
        raise UsageError("usage.no_question")
    with open_assistant() as assistant:
        answer = assistant.ask(question, conversation=conversation, approved_only=approved_only)
    click.echo(as_json(answer.model_dump(mode="json")) if json_ else answer_text(answer))


@cli.command()
@click.argument("file", type=_PATH, required=False)
@click.option("--json", "json_", is_flag=True, help="Print the findings as JSON.")
def check(file: Path | None, json_: bool) -> None:
    """Show the faults that the forms themselves hold: of all documents, or of one FILE."""
    from assistant.cli.output import finding_line
    from assistant.export.form_json import as_json

    found = _findings_of(file) if file is not None else _all_findings()
    if json_:
        click.echo(as_json([finding.model_dump(mode="json") for finding in found]))
        return
    for finding in found:
        click.echo(finding_line(finding))
    if not found:
        click.echo("No findings.", err=True)


def _all_findings() -> list[Any]:
    with open_assistant() as assistant:
        return list(assistant.findings())


def _findings_of(file: Path) -> list[Any]:
    """Findings of a document in the store, as reviewed there; else as the first reader reads it."""
    from assistant.findings.find import find
    from assistant.ingest.extract import extract as run
    from assistant.readers.registry import default_readers

    with open_assistant() as assistant:
        if document_id := assistant.document_of(file):
            return list(assistant.findings(document_id))
    readers = default_readers(settings_of())
    extract = run(file, readers.first.name, readers)
    return find(extract.records, {extract.document.id: extract.document.name})


@cli.command()
@click.option("--json", "json_", is_flag=True)
def documents(json_: bool) -> None:
    """List the documents with the progress of their reading."""
    from assistant.cli.output import document_line
    from assistant.export.form_json import as_json

    with open_assistant() as assistant:
        statuses = assistant.documents()
    if json_:
        click.echo(as_json([status.model_dump(mode="json") for status in statuses]))
        return
    for status in statuses:
        click.echo(document_line(status))


@cli.command()
@click.option(
    "-o", "--output", type=_PATH, default=Path("records.xlsx"), show_default=True,
    help="Its suffix says the format: .xlsx, .csv (projects only) or .json.",
)  # fmt: skip
@click.option("--all", "all_", is_flag=True, help="Records that are not approved, too.")
def export(output: Path, all_: bool) -> None:
    """Write the approved records as a workbook, CSV or JSON."""
    with open_assistant() as assistant:
        assistant.export(output, approved_only=not all_)
    click.echo(f"Wrote {output}.", err=True)


@cli.command()
@click.option("--host", help="Where to listen; by default on this machine alone.")
@click.option("--port", type=click.IntRange(0, 65535), help="0 takes any free one.")
def serve(host: str | None, port: int | None) -> None:
    """Open the web app."""
    settings = settings_of(host=host, port=port)
    import app

    app.serve(settings)


@cli.command()
def model() -> None:
    """Make the embedded language model ready and say which model is used."""
    settings = settings_of()
    if settings.llm_mode == "off":
        click.echo("The language model is off (JIXIAO_LLM=off); the rules read alone.")
    elif settings.llm_mode == "endpoint":
        click.echo(f"The language model is at {settings.base_url}.")
    elif settings.model:
        click.echo(f"The language model is {settings.model}.")
    else:
        from assistant.model import weights
        from assistant.store.files import home_folder

        path = weights.model_file(home_folder(settings.home) / "models")
        click.echo(f"The language model is ready: {path}")


@cli.command(name="eval")
@click.argument("datasets", nargs=-1, required=True, type=_PATH, metavar="DATASET…")
@click.option(
    "--reader", "readers", multiple=True, type=click.Choice(["rules", "llm", "reconciled"])
)
@click.option("--document", "documents", multiple=True, metavar="NAME", help="Only this file.")
@click.option("--questions/--no-questions", default=True, help="Answers and findings, too.")
@click.option("--live", is_flag=True, help="Ask the model what no recording answers.")
@click.option("--model", "models", multiple=True, metavar="NAME", help="Twice: side by side.")
@click.option("--repeat", type=click.IntRange(1), default=1, help="Live, with the variance.")
@click.option("--errors", type=int, default=0, metavar="N", help="Show N wrong values each.")
@click.option("--json", "as_json", is_flag=True)
@click.option("--markdown", type=_PATH, metavar="FILE", help="Write the report there, too.")
@click.option("--html", type=_PATH, metavar="FILE", help="One file with plots and page crops.")
@click.option("--log", type=_PATH, metavar="FILE", help="Keep what was read and answered.")
@click.option("--rescore", type=_PATH, metavar="FILE", help="Score a kept log; read nothing.")
@click.option("--against", metavar="FILE", help="Fail if worse; 'baseline' is the committed one.")
@click.option("--update-baseline", is_flag=True, help="Commit to these figures.")
@click.option("--write-labels", is_flag=True, help="Make DATASET's labels of approved records.")
def evaluate(datasets: tuple[Path, ...], write_labels: bool, **options: Any) -> None:
    """Score folders of documents and labels, from recorded responses unless --live."""
    from eval import command

    settings = settings_of()
    if write_labels:
        from eval.labels import write_labels as write

        if len(datasets) > 1:
            raise UsageError("usage.one_folder")
        with open_assistant() as assistant:
            for path in write(assistant, settings, datasets[0], options["documents"]):
                click.echo(f"Wrote {path}.", err=True)
        return
    if not command.evaluate(datasets, settings, command.Options(**options), click.echo):
        sys.exit(JixiaoError.exit_code)


cli.add_command(review)
cli.add_command(layouts)
cli.add_command(feedback)


def _fault(
    kind: type[BaseException], error: BaseException, _traceback: TracebackType | None
) -> None:
    click.echo(f"jixiao stopped at a fault of its own ({kind.__name__}: {error}).", err=True)


def _run() -> int:
    try:
        cli.main(standalone_mode=False)
        sys.stdout.flush()
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except JixiaoError as error:
        click.echo(str(error), err=True)
        return error.exit_code
    except (KeyboardInterrupt, click.Abort):
        click.echo("Interrupted; what was read is kept, and the same command goes on.", err=True)
        return _INTERRUPTED
    except BrokenPipeError:
        # The reader of our output has gone; there is nobody to tell.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except SystemExit as error:
        return error.code if isinstance(error.code, int) else 1
    return 0


def main() -> None:
    """The entry point: every error one sentence on stderr, never a traceback
    (``python -X dev`` shows it)."""
    if not sys.flags.dev_mode:
        sys.excepthook = _fault
        threading.excepthook = lambda args: None  # the command says what follows from it
    code = _run()
    lingering = [t for t in threading.enumerate() if not t.daemon]
    if len(lingering) > 1:
        # A model call in hand may take minutes; its workflow is kept and goes on later.
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)
    sys.exit(code)


if __name__ == "__main__":
    main()
