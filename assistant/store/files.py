"""The original files, kept under ``JIXIAO_HOME/documents/<SHA-256>/original.<suffix>``."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import tempfile
from pathlib import Path

from assistant.errors import DocumentError, NotFound, StoreError

MAX_BYTES = 200 * 1024 * 1024
_SPARE_BYTES = 20 * 1024 * 1024
_LEAST_BYTES = 1024 * 1024
_SUFFIX = re.compile(r"\.[a-z0-9]{1,8}")


def home_folder(home: Path) -> Path:
    """``home``, made if need be. Raises :class:`StoreError`."""
    folder = home.expanduser().resolve()
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError("store.no_home", folder=folder, reason=error.strerror) from None
    return folder


def check_room(home: Path) -> None:
    """Raises :class:`StoreError` where the disk is as good as full."""
    if shutil.disk_usage(home).free < _LEAST_BYTES:
        raise StoreError("store.full")


def suffix_of(name: str) -> str:
    """The suffix under which a file is kept: it tells a page-text file from others."""
    suffix = Path(name).suffix.lower()
    return suffix if _SUFFIX.fullmatch(suffix) else ""


class Originals:
    """Files by content. What is kept is whole: it is written aside and moved into place."""

    def __init__(self, home: Path) -> None:
        self._folder = home / "documents"

    def digest(self, path: Path) -> str:
        """The SHA-256 of a file that may be taken in. Raises :class:`DocumentError`."""
        try:
            if path.is_dir():
                raise DocumentError("document.folder", name=path.name)
            if path.stat().st_size > MAX_BYTES:
                limit = MAX_BYTES // 1024**2
                raise DocumentError("document.too_large", name=path.name, limit=limit)
            with path.open("rb") as file:
                return hashlib.file_digest(file, "sha256").hexdigest()
        except FileNotFoundError:
            raise DocumentError("document.missing", path=path) from None
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or str(error)
            raise DocumentError("document.refused", path=path, reason=reason) from None

    def path(self, document_id: str, suffix: str) -> Path:
        """Raises :class:`NotFound` where the file is not kept (any more)."""
        path = self._folder / document_id / f"original{suffix}"
        if not path.is_file():
            raise NotFound("document.gone", document=document_id[:12])
        return path

    def keep(self, path: Path, document_id: str, suffix: str) -> None:
        """Raises :class:`StoreError` if there is no room, leaving nothing behind."""
        target = self._folder / document_id / f"original{suffix}"
        if target.is_file():
            return
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            needed = path.stat().st_size + _SPARE_BYTES
            if shutil.disk_usage(target.parent).free < needed:
                raise StoreError("store.no_room")
            _copy(path, target)
        except OSError as error:
            raise StoreError("store.not_kept", name=path.name, reason=error.strerror) from None

    def discard(self, document_id: str) -> None:
        shutil.rmtree(self._folder / document_id, ignore_errors=True)


def _copy(path: Path, target: Path) -> None:
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=".part-")
    try:
        with os.fdopen(handle, "wb") as out, path.open("rb") as source:
            shutil.copyfileobj(source, out)
            out.flush()
            os.fsync(out.fileno())
        Path(name).replace(target)
    finally:
        Path(name).unlink(missing_ok=True)
