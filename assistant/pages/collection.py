"""Work during which Python does not look for garbage.

Reading a page makes thousands of objects, none of them in a cycle. Looking
through all that is kept of the pages before, again and again, would make the
last page of a long document dearer than the first.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def uncollected() -> Iterator[None]:
    """Holds the cyclic garbage collector, if it runs, for the length of the work."""
    if not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
