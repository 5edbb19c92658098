"""Questions whose answer is a sentence of a long text. Pure but for the library's search.

Without a model the answer is an extract: the sentence that holds what the question says, word
for word, with its page. It is given only on evidence: every word of the question must stand in
the sentence at least in part, most of them (weighted by rarity) wholly, and what is asked for
must be there: a number beside the thing counted, a date, a name.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Protocol

from assistant.ask.query.catalog import COMMON, Catalog
from assistant.ask.query.lexicon import Sort
from assistant.ask.query.projects import Mention
from assistant.ask.query.rows import share_of
from assistant.ask.query.spans import Parsed, parse
from assistant.ask.query.words import CLASSIFIERS, DOCUMENT
from assistant.errors import StoreError
from assistant.search.passages import Hit, long_texts
from assistant.text.bigrams import grams, squeeze, words_of
from assistant.text.sentences import sentences
from schemas.forms import FORMS
from schemas.queries import Query
from schemas.records import Cell, Record, text_of

_ENOUGH = 0.66
_NUMERAL = r"(?:\d+(?:\.\d+)?|[一二三四五六七八九十两百千]+)"
_NAMES = re.compile(r"公司|集团|单位|局|中心|院|学校|委员会|办公室|企业|银行|协会")
_TITLES = re.compile(r"《[^》]*》|[〔\[]\d{4}[〕\]]")
_PLACES = re.compile(
    r"位于|设在|设于|部署在|部署于|安装在|机房|地址|[路街道]\d*号|大厦|[镇村区]的?"
)
_DATES = re.compile(r"\d{4}年|\d{1,2}月|年底|季度|每年|每月")
_LISTS = re.compile(r"、|包括|分为|[；;].+[；;]|[（(]\d[)）]|\d\.")
_CLAUSES = re.compile("[《》，,；;。、：:]")
_NOT_NUMBERS = re.compile(r"[〔\[]\d{4}[〕\]]|\d{4}年|\d+号|^\d+[.、]|^[（(]\d+[)）]")
_ADD_NOTHING = words_of("处理 处置 解决 应对 负责 进行 开展 实施 安排")
_PREPOSITIONS = frozenset("对把将被向就按给")
_SHORT = 5  # characters up to which a word counts as one
_NEAR = 8  # characters between the pieces of one word
_SMALL_STORE = 300  # records whose sentences are all looked through without the index
_LOOKED_THROUGH = 96  # passages of a larger store whose forms are
_SETTLED = 0.3  # the share of a name's weight from which a question is about that project only
_LEANING = 0.1  # what a fainter mention is worth, times its share
_ALIKE = 0.5  # the share of common bigrams from which two passages say nearly the same
_PLACES_SHOWN = 2
# The score of a cosine of 0.89, which three of four questions in other words reach that the
# forms answer, and one of thirty about something else.
IN_OTHER_WORDS = 0.8
_LABELLED = 0.3  # what it is worth that the question names the passage's field


class Search(Protocol):
    def __call__(
        self, query: str, form_keys: Collection[tuple[str, str]] | None = None, k: int = 8
    ) -> list[Hit]: ...


@dataclass(frozen=True, slots=True)
class Extract:
    """A sentence, verbatim, with the cell it stands in."""

    record: Record
    label: str
    cell: Cell
    sentence: str
    score: float


def retrieve(question: str, catalog: Catalog, search: Search, k: int = 8) -> list[Hit]:
    """The ``k`` passages that fit a question best, evidence or not.

    The project is settled first, by its name, and the search stays within it; a mention too
    faint to settle it only counts for it. A text that the question names by its label counts
    for more.
    """
    parsed = parse(question, catalog)
    settled = [m for m in parsed.mentions if m.share >= _SETTLED]
    names = {n for m in settled for n in _nearest(m, parsed.text, catalog)}
    keys = [r.key for n in names for r in catalog.projects[n]] if settled else None
    asked = _without(settled, parsed.text) or parsed.text
    faint = {} if settled else {n: m.share for m in parsed.mentions for n in m.names}
    fields = _texts_named(parsed) if settled else set()
    hits = [
        replace(h, score=h.score + _LEANING * faint.get(h.passage.project, 0.0)
                + (_LABELLED if h.passage.field in fields else 0.0))
        for h in search(asked, keys, 4 * k)
    ]  # fmt: skip
    return _copies_last(sorted(hits, key=lambda h: (-h.score, h.passage.id)))[:k]


def _copies_last(hits: list[Hit]) -> list[Hit]:
    """Where fifty forms say nearly the same, one of them comes first and the others last."""
    first: list[Hit] = []
    last: list[Hit] = []
    held: list[set[str]] = []
    for hit in hits:
        own = set(grams(hit.passage.text))
        if any(len(own & other) >= _ALIKE * len(own | other) for other in held):
            last.append(hit)
        else:
            first.append(hit)
            held.append(own)
    return first + last


def nearest_places(question: str, catalog: Catalog, search: Search, *, least: float = 0.0) -> str:
    """Where the forms come nearest to what no sentence says word for word; "" if nowhere, or
    nowhere as near as ``least`` (a score).

    Only the place: what stands there may answer, or may not.
    """
    try:
        hits = retrieve(question, catalog, search)
    except StoreError:
        return ""
    if not hits or hits[0].score < least:
        return ""
    records = {r.key: r for r in catalog.records}
    places: dict[str, None] = {}
    for passage in (h.passage for h in hits):
        record = records[passage.document_id, passage.form_id]
        label = FORMS[record.form_type].field(passage.field).label
        page = f"（第{passage.evidence.page}页）" if passage.evidence else ""
        places[f"{record.name}的{_label(record, label)}{page}"] = None
    shown = "、".join(list(places)[:_PLACES_SHOWN])
    return f"意思最接近的文字在：{shown}（不一定相关，请看原文）。" if shown else ""


def _nearest(mention: Mention, text: str, catalog: Catalog) -> list[str]:
    """Of the names that a mention can mean, those that the question holds most of: after a
    slip of the pen common words, too, tell one name from the next."""
    held = {text[i : i + 2] for i in range(len(text) - 1)}

    def share(name: str) -> float:
        key = catalog.name_keys[name]
        own = {key[i : i + 2] for i in range(len(key) - 1)}
        return len(own & held) / max(len(own), 1)

    best = max(share(n) for n in mention.names)
    return [n for n in mention.names if share(n) == best]


def _without(mentions: Collection[Mention], text: str) -> str:
    chars = list(text)
    for start, end in (span for m in mentions for span in m.spans):
        chars[start:end] = " " * (end - start)
    return " ".join("".join(chars).split())


def _texts_named(parsed: Parsed) -> set[str]:
    spans = parsed.of(Sort.FIELD, Sort.WEAK)
    return {name for span in spans for name in span.names}


def extracts(query: Query, catalog: Catalog, search: Search) -> list[Extract]:
    """The sentences that answer, best first; empty where none passes the evidence test."""
    query = query.model_copy(update={"text": _bare(query.text, catalog)})
    found: dict[str, Extract] = {}
    for record in _records(query, catalog, search):
        for name, label, cell in long_texts(record):
            if query.fields and name not in query.fields:
                continue
            for sentence in _windows(str(cell.value)):
                score = _fits(sentence, query, catalog)
                key = f"{record.key}{squeeze(sentence)}"
                if score and (key not in found or found[key].score < score):
                    found[key] = Extract(record, _label(record, label), cell, sentence, score)
    return sorted(found.values(), key=lambda e: (-e.score, len(e.sentence)))


def _bare(words: list[str], catalog: Catalog) -> list[str]:
    """无人机 of 对无人机: a preposition stays with a word only where the forms have the two.
    Verbs that a text may put otherwise are left out beside other words."""
    bare = [
        w[1:] if len(w) > 2 and w[0] in _PREPOSITIONS and w[:2] not in catalog.gram_counts else w
        for w in words
    ]
    return [w for w in bare if w not in _ADD_NOTHING] or bare


def _label(record: Record, label: str) -> str:
    year = text_of(record.fields.get("budget_year"))
    return label.split("（")[0].replace("{year}年", f"{year}年" if year else "")


def _records(query: Query, catalog: Catalog, search: Search) -> Iterator[Record]:
    if query.projects:
        yield from (r for p in query.projects for r in catalog.projects.get(p, ()))
        return
    if len(catalog.records) <= _SMALL_STORE:
        yield from catalog.records
        return
    keys = {
        (h.passage.document_id, h.passage.form_id)
        for h in search(" ".join(query.text), k=_LOOKED_THROUGH)
    }
    yield from (r for r in catalog.records if r.key in keys)


def _windows(text: str) -> Iterator[str]:
    """Sentences, and where they are short, each with the one after it."""
    parts = sentences(text)
    yield from parts
    for first, second in pairwise(parts):
        joined = first + second
        if len(joined) <= 160 and joined in text:
            yield joined


def _fits(sentence: str, query: Query, catalog: Catalog) -> float:
    held = set(grams(sentence))
    share, each = share_of(query.text, held, catalog)
    each = each and any(w not in COMMON for w in query.text)
    if not each or share < _ENOUGH or not _gives(sentence, query):
        return 0.0
    if any(str(year) not in sentence for year in query.years):
        return 0.0
    if not all(_together(word, sentence) for word in query.text):
        return 0.0
    light, _ = share_of(query.extra, held, catalog)
    return share + 0.2 * light - 0.0002 * len(sentence)


def _together(word: str, sentence: str) -> bool:
    """The pieces of a word stand near each other: 实际 here and 支出 there is not 实际支出. A law
    or a plan stands there by its name, be it shortened."""
    key, text = squeeze(word), squeeze(sentence)
    if key in text:
        return True
    if kind := DOCUMENT.search(key):
        return any(_in_short(key, kind[0], squeeze(piece)) for piece in _CLAUSES.split(sentence))
    if not _no_word_missing(key, text):
        return False
    if len(key) > _SHORT:
        return True
    places = [[m.start() for m in re.finditer(re.escape(g), text)] for g in grams(key)]
    places = [p for p in places if p]
    return all(
        min(abs(a - b) for a in first for b in second) <= _NEAR
        for first, second in pairwise(places)
    )


def _no_word_missing(key: str, text: str) -> bool:
    """Two characters in a row of which the text has neither pair are a word that it lacks: 养老
    of 智慧养老服务平台."""
    marks = [False] * len(key)
    for gram in {*grams(key)} & {*grams(text), *_ADD_NOTHING}:
        for m in re.finditer(re.escape(gram), key):
            marks[m.start() : m.end()] = [True] * len(gram)
    return all(one or other for one, other in pairwise(marks))


def _in_short(key: str, kind: str, text: str) -> bool:
    """Whether ``key`` shortens a name in ``text``: its characters in order, up to the word for
    the kind of document (网络安全法 shortens no 网络安全管理办法)."""
    for m in re.finditer(rf"(?<!办){kind}", text):
        rest = iter(text[: m.start()])
        if all(char in rest for char in key.removesuffix(kind)):
            return True
    return False


def _gives(sentence: str, query: Query) -> bool:
    """Whether the sentence holds the kind of thing that is asked for."""
    if query.asks == "name":
        return bool(_NAMES.search(sentence))
    if query.asks == "time":
        return bool(_DATES.search(_TITLES.sub("", sentence)))
    if query.asks == "place":
        return bool(_PLACES.search(sentence))
    if query.asks == "list":
        return bool(_LISTS.search(sentence))
    if query.asks == "number":
        return _has_number(sentence, query)
    return True


def _has_number(sentence: str, query: Query) -> bool:
    text = squeeze(sentence)
    noun = squeeze(query.counted)
    if noun:
        head = noun[: 3 if noun[0].isascii() else 2]
        pattern = rf"{_NUMERAL}余?多?[{CLASSIFIERS}]?.{{0,6}}?{re.escape(head)}"
        return bool(re.search(pattern, text))
    plain = _NOT_NUMBERS.sub("", _TITLES.sub("", sentence))
    clauses = [c for c in re.split(r"[,，;；。、]", plain) if c]
    wanted = {g for word in query.text for g in grams(word)}
    return any(re.search(r"\d", c) and wanted & set(grams(c)) for c in clauses)


def unknown_words(query: Query, catalog: Catalog) -> list[str]:
    """The words of the question that stand in no text and no row."""
    return [
        w for w in _bare(query.text, catalog)
        if (g := grams(w)) and sum(x in catalog.gram_counts for x in g) * 2 < len(g) + 1
    ]  # fmt: skip
