"""The screen of the layouts: what a label that no wording names is, said once for all its forms."""

from __future__ import annotations

from typing import TYPE_CHECKING

import gradio as gr

from assistant.errors import JixiaoError
from assistant.messages.catalogue import word
from assistant.messages.labels import label_of
from assistant.web import views
from assistant.web.likeness import likest_field
from assistant.web.screens import Parts, tell
from schemas.forms import FIELDS
from schemas.messages import Lang

if TYPE_CHECKING:
    from assistant.service import Assistant


class Layouts:
    """The layouts, the labels of the chosen one, and what each is."""

    def __init__(self, assistant: Assistant) -> None:
        self._assistant = assistant

    @staticmethod
    def fields(lang: Lang) -> list[tuple[str, str]]:
        """The fields of the schema to choose from, by their labels."""
        return [(label_of(field, lang), name) for name, field in FIELDS.items()]

    def show(self, lang: Lang, chosen: str, label: str) -> Parts:
        found = self._assistant.layouts.layouts()
        one = next((layout for layout in found if layout.layout == chosen), None)
        if one is None and found:
            one = found[0]
        own = next((each for each in one.labels if each.label == label), None) if one else None
        field = own.decision.field if own and own.decision else likest_field(label)
        return [
            one.layout if one else "",
            own.label if own else "",
            views.layouts_table(found, lang, one.layout if one else ""),
            views.labels_table(one, lang, own.label if own else ""),
            gr.update(value=field or None) if own else gr.update(),
        ]

    def pick(self, lang: Lang, event: gr.EventData) -> Parts:
        return self.show(lang, str(event.id), "")

    def pick_label(self, lang: Lang, chosen: str, event: gr.EventData) -> Parts:
        return self.show(lang, chosen, str(event.id))

    def name(self, lang: Lang, chosen: str, label: str, who: str, field: str | None) -> Parts:
        if not label:
            raise JixiaoError("choose_label")
        if not field:
            raise JixiaoError("choose_field")
        return self._decided(lang, chosen, label, who, field)

    def undo(self, lang: Lang, chosen: str, label: str, who: str) -> Parts:
        if not label:
            raise JixiaoError("choose_label")
        return self._decided(lang, chosen, label, who, "")

    def _decided(self, lang: Lang, chosen: str, label: str, who: str, field: str) -> Parts:
        forms = self._assistant.layouts.name(chosen, label, field, who.strip() or "reviewer")
        tell(word(lang, "layouts.done" if field else "layouts.undone", n=forms))
        return self.show(lang, chosen, label)
