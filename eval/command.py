"""What ``jixiao eval`` does, from its options to its exit code."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assistant.errors import UsageError
from assistant.settings import Settings
from eval import baseline, figures, report, run
from eval.baseline import Comparison
from eval.dataset import Dataset, load_dataset
from eval.log import READERS, Log, load_log
from eval.score import Report, score_log

Say = Callable[[str], None]
Scored = tuple[Dataset, Report, Comparison | None]
COMMITTED = "baseline"  # stands for the committed baseline of each dataset


@dataclass(frozen=True)
class Options:
    """The command's options; the defaults score everything from recordings."""

    readers: tuple[str, ...] = ()
    documents: tuple[str, ...] = ()
    questions: bool = True
    live: bool = False
    models: tuple[str, ...] = ()
    repeat: int = 1
    errors: int = 0
    as_json: bool = False
    markdown: Path | None = None
    html: Path | None = None
    log: Path | None = None
    rescore: Path | None = None
    against: str | None = None
    update_baseline: bool = False

    def check(self, datasets: Sequence[Path]) -> None:
        """Raises :class:`UsageError` for options that do not go together."""
        if (len(self.models) > 1 or self.repeat > 1) and not self.live:
            raise UsageError("eval.live_only")
        if (self.log or self.rescore) and len(datasets) > 1:
            raise UsageError("eval.one_log")
        if self.against and self.against != COMMITTED and len(datasets) > 1:
            raise UsageError("eval.committed_only")


def evaluate(folders: Sequence[Path], settings: Settings, options: Options, say: Say) -> bool:
    """Scores the datasets and says the result; False where a baseline refuses it."""
    options.check(folders)
    datasets = [load_dataset(folder) for folder in folders]
    if len(options.models) > 1 or options.repeat > 1:
        for dataset in datasets:
            say(report.side_by_side(_repeated(dataset, settings, options)))
        return True
    scored = [_scored(dataset, settings, options) for dataset in datasets]
    _write(scored, options, say)
    return all(comparison is None or comparison.passed for _, _, comparison in scored)


def _scored(dataset: Dataset, settings: Settings, options: Options) -> Scored:
    log = load_log(options.rescore) if options.rescore else _run(dataset, settings, options)
    if options.log:
        log.save(options.log)
    scores = score_log(log, dataset, options.readers or READERS)
    comparison = None
    if options.against:
        committed = baseline.path_of(dataset.name)
        path = committed if options.against == COMMITTED else Path(options.against)
        comparison = baseline.compare(baseline.load(path), scores)
    if options.update_baseline:
        path = baseline.path_of(dataset.name)
        old = baseline.load(path) if path.exists() else {}
        baseline.save(baseline.merge(old, baseline.make(scores)), path)
    return dataset, scores, comparison


def _run(
    dataset: Dataset,
    settings: Settings,
    options: Options,
    model: str = "",
    *,
    recorded: bool = True,
) -> Log:
    name = model or next(iter(options.models), None)
    return run.run(
        dataset,
        settings.model_copy(update={"model": name}) if name else settings,
        readers=options.readers or READERS,
        documents=options.documents,
        live=options.live,
        recorded=recorded,
        ask=options.questions,
    )


def _repeated(dataset: Dataset, settings: Settings, options: Options) -> list[report.Run]:
    """Every model ``repeat`` times; nothing recorded answers for one that runs again."""
    recorded = options.repeat == 1
    runs: list[report.Run] = []
    for model in options.models or ("",):
        for _ in range(options.repeat):
            log = _run(dataset, settings, options, model, recorded=recorded)
            runs.append((log.model, score_log(log, dataset, options.readers or READERS)))
    return runs


def _write(scored: Sequence[Scored], options: Options, say: Say) -> None:
    text = "\n\n".join(
        report.as_markdown(scores, show_errors=options.errors, comparison=comparison)
        for _, scores, comparison in scored
    )
    if options.markdown:
        options.markdown.write_text(text + "\n", encoding="utf-8")
    if options.html:
        from eval.html import as_html

        options.html.write_text(as_html(scored), encoding="utf-8")
    say(_json(scored) if options.as_json else text)


def _json(scored: Sequence[Scored]) -> str:
    out: list[dict[str, Any]] = []
    for _, scores, comparison in scored:
        out.append(figures.as_json(scores))
        if comparison is not None:
            out[-1]["comparison"] = {
                "passed": comparison.passed,
                "worse": [vars(c) for c in comparison.worse],
                "better": [vars(c) for c in comparison.better],
                "notes": comparison.notes,
            }
    return json.dumps(out[0] if len(out) == 1 else out, ensure_ascii=False, indent=1)
