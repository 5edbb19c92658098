"""Damaged files through the parsers: an error of ours or a reading, never a crash.

python -m eval.fuzz --inputs 10000 --seed 1

One child process reads file after file under a bound on its memory and on the
time of each; the parent starts another where one dies. What counts as a fault:
any exception but :class:`DocumentError`, a death, a file that takes too long.
"""

from __future__ import annotations

import argparse
import multiprocessing
import re
import resource
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path
from random import Random

MEMORY = 1 << 30  # bytes of address space that reading may take beyond what is loaded
SECONDS = 20  # for one file
SAMPLES = Path(__file__).resolve().parents[1] / "samples" / "booklet"

Damage = Callable[[bytearray, Random], bytes]


def flip(data: bytearray, random: Random) -> bytes:
    """Some bytes become others."""
    for _ in range(random.choice((1, 4, 32, 256))):
        data[random.randrange(len(data))] = random.randrange(256)
    return bytes(data)


def truncate(data: bytearray, random: Random) -> bytes:
    return bytes(data[: random.randrange(1, len(data))])


def cut_out(data: bytearray, random: Random) -> bytes:
    """A stretch is missing, or stands there twice."""
    start = random.randrange(len(data))
    stretch = data[start : start + random.choice((1, 16, 256, 4096))]
    again = stretch * random.choice((0, 2, 9))
    return bytes(data[:start] + again + data[start + len(stretch) :])


def swap_objects(data: bytearray, random: Random) -> bytes:
    """References point at other objects of the file."""
    numbers = re.findall(rb"(?m)^(\d+) 0 obj", bytes(data)) or [b"1"]

    def other(found: re.Match[bytes]) -> bytes:
        return (random.choice(numbers) if random.random() < 0.2 else found[1]) + b" 0 R"

    return re.sub(rb"(\d+) 0 R", other, bytes(data))


def numbers(data: bytearray, random: Random) -> bytes:
    """Numbers of the file's syntax become absurd ones."""
    absurd = (b"0", b"-1", b"65536", b"2147483648", b"1e38", b"-0.0000001")

    def other(found: re.Match[bytes]) -> bytes:
        return random.choice(absurd) if random.random() < 0.05 else found[0]

    return re.sub(rb"(?<![\w.])\d+(?![\w.])", other, bytes(data))


DAMAGES: tuple[Damage, ...] = (flip, truncate, cut_out, swap_objects, numbers)


def small_files() -> list[tuple[str, bytes]]:
    """Pages of the sample booklet as files of their own, with plain and with packed streams,
    and its page text."""
    import pymupdf

    files: list[tuple[str, bytes]] = []
    with pymupdf.open(SAMPLES / "booklet.pdf") as booklet:
        for first in range(len(booklet)):
            with pymupdf.open() as one:
                one.insert_pdf(booklet, from_page=first, to_page=first)
                one.subset_fonts()
                packed = bool(first % 2)
                files.append((".pdf", one.tobytes(garbage=3, deflate=packed, expand=not packed)))
    text = (SAMPLES / "booklet.txt").read_bytes()
    return files + [(".txt", page) for page in text.split(b"\f") if page.strip()]


def read(path: Path) -> None:
    """All that happens to a file before a model sees it."""
    from assistant.pages import document as pages
    from assistant.readers.rules import reader as rules_reader
    from assistant.segmentation.forms import find_forms

    document = pages.read_document(path)
    rules_reader.read(document.pages, find_forms(document.pages))


def outcome(path: Path) -> str:
    from assistant.errors import DocumentError

    try:
        read(path)
    except DocumentError:
        return "refused"
    return "read"


def serve(connection: Connection, errors: Path) -> None:
    """The child: outcomes of the paths that come in. Any other exception ends it, and so does
    an alarm where a file takes too long; ``errors`` takes its last words."""
    sys.stderr = errors.open("w")
    read(SAMPLES / "booklet.pdf")  # what is loaded is not counted
    loaded = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (loaded + MEMORY, loaded + MEMORY))
    while path := connection.recv():
        signal.alarm(SECONDS)
        result = outcome(path)
        signal.alarm(0)
        connection.send((result, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024))


class Reader:
    """A child process that is started again whenever it dies."""

    def __init__(self, errors: Path) -> None:
        self.context = multiprocessing.get_context("spawn")
        self.errors = errors
        self._start()

    def _start(self) -> None:
        self.connection, other = self.context.Pipe()
        self.process = self.context.Process(target=serve, args=(other, self.errors), daemon=True)
        self.process.start()
        other.close()

    def read(self, path: Path) -> tuple[str, int]:
        """What became of ``path``, and the child's greatest memory so far (MB)."""
        self.connection.send(path)
        try:
            result: tuple[str, int] = self.connection.recv()
        except EOFError:
            self.process.join()
            said = self._last_words(self.process.exitcode)
            self._start()
            return said, 0
        return result

    def _last_words(self, code: int | None) -> str:
        if code == -signal.SIGALRM:
            return "fault: hang"
        lines = self.errors.read_text().splitlines()
        return f"fault: {lines[-1] if code == 1 and lines else f'died with {code}'}"

    def close(self) -> None:
        self.connection.send(None)
        self.process.join()


def damaged(
    inputs: int, seed: int, files: Sequence[tuple[str, bytes]]
) -> Iterator[tuple[str, str, bytes]]:
    """(the damage's name, suffix, data) of ``inputs`` files, the same for the same seed."""
    for number in range(inputs):
        random = Random(f"{seed}/{number}")
        suffix, data = random.choice(files)
        damage = random.choice(DAMAGES)
        yield damage.__name__, suffix, damage(bytearray(data), random)


@dataclass(slots=True)
class Result:
    counts: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)
    slowest: float = 0.0
    memory: int = 0


def fuzz(inputs: int, seed: int, keep: Path | None = None) -> Result:
    """Reads ``inputs`` damaged files; those at fault are kept in ``keep``."""
    result = Result()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        files, reader = small_files(), Reader(folder / "errors")
        for number, (damage, suffix, data) in enumerate(damaged(inputs, seed, files)):
            path = folder / f"input{suffix}"
            path.write_bytes(data)
            start = time.perf_counter()
            said, memory = reader.read(path)
            result.slowest = max(result.slowest, time.perf_counter() - start)
            result.memory = max(result.memory, memory)
            result.counts[said.split(":")[0]] += 1
            if said.startswith("fault"):
                result.faults.append(f"{number} ({damage}, {suffix}): {said}")
                if keep:
                    (keep / f"{seed}-{number}{suffix}").write_bytes(data)
        reader.close()
    return result


def main(arguments: Sequence[str] | None = None) -> int:
    """Prints the figures; 1 if there was a fault."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--inputs", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", type=Path, help="folder for the files at fault")
    options = parser.parse_args(arguments)
    result = fuzz(options.inputs, options.seed, options.keep)
    print(*result.faults, sep="\n")
    print(f"{options.inputs} inputs: {dict(result.counts)}")
    print(f"slowest {result.slowest:.1f} s, at most {result.memory} MB")
    return 1 if result.faults else 0


if __name__ == "__main__":
    sys.exit(main())
