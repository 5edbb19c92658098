"""The committed booklet: six invented forms with the traps of real ones and planted faults.

云川市 and everything in it is invented. Values are written out, not drawn by lot, so that the
questions and findings about them can be read beside them.
"""

from __future__ import annotations

from samples.booklet_function import cloud, hotline, library
from samples.booklet_investment import archives, river_water, street_lights
from samples.forms import Form


def forms() -> list[Form]:
    """The six forms in the order of the booklet."""
    return [street_lights(), river_water(), archives(), library(), cloud(), hotline()]
