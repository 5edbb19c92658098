"""Prompts: files in ``prompts/``, rendered and hashed.

A prompt file is Jinja2 with a head that declares its variables::

    ---
    variables: page_text, labels
    ---
    # system
    …
    # user
    …

The hash is that of the whole file, so that a recorded response can tell
whether it answers today's prompt.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from jinja2 import StrictUndefined, TemplateError, meta
from jinja2.sandbox import ImmutableSandboxedEnvironment

from assistant.errors import UsageError

_FILE = re.compile(
    r"---\nvariables:(?P<variables>[^\n]*)\n---\n# system\n(?P<system>.*?)\n# user\n(?P<user>.*)",
    re.DOTALL,
)
# Plain text comes out, never HTML: a sandbox, and undefined variables are errors.
_JINJA = ImmutableSandboxedEnvironment(
    undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, autoescape=False
)


@dataclass(frozen=True, slots=True)
class Prompt:
    """A rendered prompt. ``digest`` is that of its template file; ``about`` says for the
    recordings which form and question it belongs to."""

    name: str
    digest: str
    system: str
    user: str
    about: str = ""


@dataclass(frozen=True, slots=True)
class Template:
    name: str
    digest: str
    variables: frozenset[str]
    system: str
    user: str

    def render(self, about: str = "", /, **values: object) -> Prompt:
        """Raises :class:`UsageError` unless exactly the declared variables are given."""
        if wrong := self.variables ^ set(values):
            raise UsageError("usage.prompt_variables", name=self.name, variables=sorted(wrong))
        system, user = (
            _JINJA.from_string(text).render(**values).strip() for text in (self.system, self.user)
        )
        return Prompt(self.name, self.digest, system, user, about)


def parse(name: str, source: str) -> Template:
    """Raises :class:`UsageError` for a file that is not a prompt or declares other variables
    than it uses."""
    match = _FILE.fullmatch(source)
    if not match:
        raise UsageError("usage.prompt_head", name=name)
    declared = frozenset(match["variables"].replace(",", " ").split())
    try:
        used = meta.find_undeclared_variables(_JINJA.parse(match["system"] + match["user"]))
    except TemplateError as error:
        raise UsageError("usage.prompt_template", name=name, reason=error) from None
    if declared != used:
        raise UsageError(
            "usage.prompt_undeclared", name=name, declared=sorted(declared), used=sorted(used)
        )
    digest = hashlib.sha256(source.encode()).hexdigest()[:16]
    return Template(name, digest, declared, match["system"], match["user"])


@cache
def load(name: str) -> Template:
    """The template ``prompts/<name>.j2``."""
    path = files("prompts").joinpath(f"{name}.j2")
    if not path.is_file():
        raise UsageError("usage.prompt_unknown", name=name)
    return parse(name, path.read_text(encoding="utf-8"))


def names() -> list[str]:
    """Every prompt that the project has."""
    return sorted(p.name.removesuffix(".j2") for p in files("prompts").iterdir() if ".j2" in p.name)


def fenced(text: str, mark: str = "page") -> str:
    """Text of a page between marks that it cannot close itself: data, not instructions.
    Another ``mark`` says that it is something else, as a user's question."""
    return f"<{mark}>\n{unmarked(text, mark)}\n</{mark}>"


def unmarked(text: str, mark: str) -> str:
    """``text`` that cannot close the marks it stands between."""
    return re.sub(rf"<\s*(/?)\s*{mark}", rf"＜\1{mark}", text, flags=re.I)
