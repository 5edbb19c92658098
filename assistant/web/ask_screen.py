"""What the screen of asking does; see :mod:`assistant.web.screens` for how handlers work.

Of a conversation the user's state holds the name alone: questions, answers
and verdicts are the store's, so that what is shown is what is kept.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import gradio as gr

from assistant.errors import JixiaoError, NotFound
from assistant.export import answer_workbook
from assistant.messages.catalogue import word
from assistant.web import answer_views
from assistant.web.markup import notice
from assistant.web.screens import Parts, shown_page, tell
from schemas.conversations import Exchange, Verdict
from schemas.messages import Lang
from schemas.readings import Evidence

if TYPE_CHECKING:
    from assistant.service import Assistant

_REASON = 500  # characters


class Ask:
    """The conversation, and the page that a source of it stands on."""

    def __init__(self, assistant: Assistant) -> None:
        self._assistant = assistant

    def _exchanges(self, conversation: str) -> list[Exchange]:
        return self._assistant.conversation(conversation) if conversation else []

    def ask(
        self, lang: Lang, question: str, conversation: str, approved_only: bool
    ) -> Iterator[Parts]:
        """Shows the question as waiting; then the answer, opened at its first source, and
        again when the model has found words for what it quotes, unless it is stopped before.

        Gives the text of the input, the question that waits, the conversation, what
        :meth:`show` gives, and which button is there: to send or to stop.
        """
        question = question.strip()
        if not question:
            raise JixiaoError("ask.blank")
        before = self._exchanges(conversation)
        thread = answer_views.thread(before, lang, waiting=question)
        yield ["", question, gr.skip(), thread, gr.skip(), "", *_buttons(waiting=True)]
        for answer, more in self._assistant.asking(
            question, conversation=conversation, approved_only=approved_only
        ):
            turn = len(self._exchanges(answer.conversation)) - 1
            first = f"{turn}.0" if answer.citations else ""
            shown = self.show(lang, answer.conversation, first, more=more)
            yield ["", "", answer.conversation, *shown, *_buttons(waiting=more)]

    def ask_chosen(
        self, lang: Lang, conversation: str, approved_only: bool, event: gr.EventData
    ) -> Iterator[Parts]:
        yield from self.ask(lang, str(event.id), conversation, approved_only)

    def settle(self, lang: Lang, waiting: str, conversation: str) -> Parts:
        """After an answer nothing; after a stop or an error the question back in the input."""
        if not waiting:
            return [*(gr.skip() for _ in range(6)), *_buttons(waiting=False)]
        thread = answer_views.thread(self._exchanges(conversation), lang)
        return [waiting, "", gr.skip(), thread, gr.skip(), "", *_buttons(waiting=False)]

    def show(self, lang: Lang, conversation: str, chosen: str, *, more: bool = False) -> Parts:
        """The conversation, the page of the chosen source, and which one it is."""
        exchanges = self._exchanges(conversation)
        return [
            answer_views.thread(exchanges, lang, chosen, more=more),
            self._source(lang, exchanges, chosen),
            chosen,
        ]

    def _source(self, lang: Lang, exchanges: list[Exchange], chosen: str) -> str:
        citation = answer_views.cited(exchanges, chosen)
        if citation is None or not citation.document_id:
            return notice(lang, "ask.source")
        place = Evidence(page=citation.page, bbox=citation.bbox, quote=citation.quote)
        return shown_page(self._assistant, lang, citation.document_id, place)

    def cite(self, lang: Lang, conversation: str, event: gr.EventData) -> Parts:
        return self.show(lang, conversation, str(event.id))

    def edit(self, lang: Lang, event: gr.EventData) -> str:
        """Puts how a question was read into the input, to be asked in other words."""
        return str(event.id)

    def rate(
        self, lang: Lang, conversation: str, chosen: str, who: str, event: gr.EventData
    ) -> Any:
        exchange = self._exchange(lang, conversation, event.id)
        verdict: Verdict = "up" if event.verdict == "up" else "down"
        reason = str(event.reason or "").strip()[:_REASON]
        self._assistant.rate(exchange.id, verdict, who=who.strip() or "reviewer", reason=reason)
        if reason:
            tell(word(lang, "rate.done"))
        return answer_views.thread(self._exchanges(conversation), lang, chosen)

    def list(self, lang: Lang, conversation: str, event: gr.EventData) -> str:
        """The workbook of an answer, as a link that the page follows."""
        data = answer_workbook.workbook(self._exchange(lang, conversation, event.id))
        name = f"{word(lang, 'ask.list_name')}-{event.id}.xlsx"
        return answer_views.download(name, data, datetime.now(UTC).isoformat(), lang)

    def _exchange(self, lang: Lang, conversation: str, turn: object) -> Exchange:
        """An exchange of this conversation, by its id."""
        for exchange in self._exchanges(conversation):
            if str(exchange.id) == str(turn):
                return exchange
        raise NotFound("ask.gone")

    def new(self, lang: Lang) -> Parts:
        return ["", *self.show(lang, "", "")]

    def conversations(self, lang: Lang, conversation: str) -> str:
        return answer_views.conversations_table(self._assistant.conversations(), lang, conversation)

    def reopen(self, lang: Lang, event: gr.EventData) -> Parts:
        name = str(event.id)
        exchanges = self._exchanges(name)
        last = len(exchanges) - 1
        first = f"{last}.0" if exchanges and exchanges[last].answer.citations else ""
        return [name, *self.show(lang, name, first)]

    def examples(self, lang: Lang) -> str:
        lines, _ = self._assistant.projects(most=answer_views.EXAMPLES)
        keys = [(line.document_id, line.form_id) for line in lines]
        records = [self._assistant.opened(*key).record for key in keys]
        questions = answer_views.example_questions(records)
        return answer_views.ask_chips(questions, lang, "ask.examples")


def _buttons(*, waiting: bool) -> Parts:
    """To send, or while an answer is awaited to stop."""
    return [gr.update(visible=not waiting), gr.update(visible=waiting)]
