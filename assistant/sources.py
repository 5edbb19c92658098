"""Which files of the project a module rests on, and a version made of what they say.

What was read is kept under such a version, and read again when it is another: so everything
counts that a module imports, wherever it imports it, and nothing else. Nothing is imported to
find it out.
"""

from __future__ import annotations

import ast
import hashlib
from collections.abc import Iterator
from functools import cache
from importlib.util import resolve_name
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
_OURS = ("assistant", "schemas")


@cache
def version(module: str) -> str:
    """The version of ``module`` of this program: 16 hexadecimal digits."""
    return digest(module, ROOT)


def digest(module: str, root: Path) -> str:
    """The version of ``module`` as its sources stand under ``root`` now."""
    made = hashlib.sha256()
    for path in sorted(sources(module, root)):
        made.update(path.relative_to(root).as_posix().encode() + b"\0" + path.read_bytes())
    return made.hexdigest()[:16]


def sources(module: str, root: Path) -> set[Path]:
    """The files that ``module`` rests on: itself, what it imports, what that imports, the
    packages that these stand in, and the prompts that they load."""
    found: dict[str, Path] = {}
    prompts: set[Path] = set()
    todo = [module]
    while todo:
        name = todo.pop()
        path = None if name in found else _file_of(name, root)
        if path is None:
            continue
        found[name] = path
        seen = _Imports(name, path)
        todo += [name.rpartition(".")[0], *seen.modules]
        prompts |= {root / "prompts" / f"{loaded}.j2" for loaded in seen.loaded}
    return {*found.values(), *(path for path in prompts if path.is_file())}


def _file_of(module: str, root: Path) -> Path | None:
    """None for what is not ours, and for a name that is no module but stands in one."""
    if module.partition(".")[0] not in _OURS:
        return None
    place = root.joinpath(*module.split("."))
    files = (place / "__init__.py", place.with_suffix(".py"))
    return next((path for path in files if path.is_file()), None)


class _Imports(ast.NodeVisitor):
    """``modules`` that a file may import (names of things in them among these), and what it has
    ``loaded`` by name."""

    def __init__(self, module: str, path: Path) -> None:
        self.modules: list[str] = []
        self.loaded: list[str] = []
        self._folder = path.parent
        self._package = module if path.name == "__init__.py" else module.rpartition(".")[0]
        self.visit(ast.parse(path.read_bytes()))

    def visit_Import(self, node: ast.Import) -> None:
        self.modules += [alias.name for alias in node.names]

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        base = resolve_name("." * node.level + (node.module or ""), self._package)
        self.modules += [base, *(f"{base}.{alias.name}" for alias in node.names)]

    def visit_If(self, node: ast.If) -> None:
        if _called(node.test) != "TYPE_CHECKING":
            self.generic_visit(node)
            return
        for statement in node.orelse:
            self.visit(statement)

    def visit_Call(self, node: ast.Call) -> None:
        match _called(node.func), node.args:
            case "load", [ast.Constant(value=str(name)), *_]:
                self.loaded.append(name)
            case "iter_modules", _:
                self.modules += self._siblings()
        self.generic_visit(node)

    def _siblings(self) -> Iterator[str]:
        """What a package holds that looks for its modules itself."""
        for path in self._folder.iterdir():
            yield f"{self._package}.{path.stem}"


def _called(node: ast.expr) -> str:
    """The last name of ``a.b.name``; empty for what is no name."""
    return getattr(node, "attr", getattr(node, "id", ""))
