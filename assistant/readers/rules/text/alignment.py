"""The cheapest way to cut a row of runs into cells of columns. Pure.

An order-preserving alignment by dynamic programming over a lattice whose nodes
are places between runs and whose edges are cells (Viterbi, forward and
backward). The margin of a cell is what the best reading without it would cost
more: a small margin says that the cut is a guess.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import inf

LONGEST_CELL = 24  # runs


@dataclass(frozen=True, slots=True)
class Grammar:
    """``cell(start, end, state)`` is the cost of runs start..end as a cell of ``state``;
    ``reach(start)`` is the end beyond which none is possible; ``first``, ``then`` and ``last``
    are the costs of beginning, going on and ending."""

    states: int
    cell: Callable[[int, int, int], float]
    reach: Callable[[int], int]
    first: Sequence[float]
    then: Sequence[Sequence[float]]
    last: Sequence[float]


@dataclass(frozen=True, slots=True)
class Cut:
    """Runs ``start`` to ``end`` as a cell of column ``state``."""

    start: int
    end: int
    state: int
    margin: float


@dataclass(frozen=True, slots=True)
class _Edge:
    start: int
    end: int
    state: int
    cost: float


def cut(length: int, grammar: Grammar) -> list[Cut]:
    """The cheapest reading of ``length`` runs; empty where there is none."""
    edges = [
        [
            _Edge(start, end, state, cost)
            for end in range(start + 1, min(start + LONGEST_CELL, grammar.reach(start)) + 1)
            for state in range(grammar.states)
            if (cost := grammar.cell(start, end, state)) < inf
        ]
        for start in range(length)
    ]
    into, chosen = _forward(length, grammar, edges)
    out_of = _backward(length, grammar, edges)
    path = _trace(length, grammar, into, chosen)
    margins = _margins(length, path, edges, into, out_of)
    return [Cut(e.start, e.end, e.state, m) for e, m in zip(path, margins, strict=True)]


_Table = list[list[float]]


def _forward(
    length: int, grammar: Grammar, edges: list[list[_Edge]]
) -> tuple[_Table, list[list[_Edge | None]]]:
    """The cost of coming to each place ready for each state, and the best cell that ends there."""
    states = range(grammar.states)
    into: _Table = [list(grammar.first)] + [[inf] * grammar.states for _ in range(length)]
    done: _Table = [[inf] * grammar.states for _ in range(length + 1)]
    chosen: list[list[_Edge | None]] = [[None] * grammar.states for _ in range(length + 1)]
    for start in range(length):
        if start:
            into[start] = [min(done[start][p] + grammar.then[p][s] for p in states) for s in states]
        for edge in edges[start]:
            cost = into[start][edge.state] + edge.cost
            if cost < done[edge.end][edge.state]:
                done[edge.end][edge.state] = cost
                chosen[edge.end][edge.state] = edge
    into[length] = [done[length][s] + grammar.last[s] for s in states]
    return into, chosen


def _backward(length: int, grammar: Grammar, edges: list[list[_Edge]]) -> _Table:
    """The cost of going on from each place after a cell of each state."""
    states = range(grammar.states)
    rest: _Table = [[inf] * grammar.states for _ in range(length)] + [list(grammar.last)]
    for start in range(length - 1, 0, -1):
        best = [inf] * grammar.states
        for edge in edges[start]:
            best[edge.state] = min(best[edge.state], edge.cost + rest[edge.end][edge.state])
        rest[start] = [min(grammar.then[p][s] + best[s] for s in states) for p in states]
    return rest


def _trace(
    length: int, grammar: Grammar, into: _Table, chosen: list[list[_Edge | None]]
) -> list[_Edge]:
    path: list[_Edge] = []
    if length == 0 or min(into[length]) == inf:
        return path
    state = min(range(grammar.states), key=lambda s: into[length][s])
    edge = chosen[length][state]
    while edge is not None:
        path.append(edge)
        if edge.start == 0:
            break
        here = edge
        edge = min(
            (e for e in chosen[here.start] if e is not None),
            key=lambda e: into[e.start][e.state] + e.cost + grammar.then[e.state][here.state],
        )
    return path[::-1]


def _margins(
    length: int, path: list[_Edge], edges: list[list[_Edge]], into: _Table, out_of: _Table
) -> list[float]:
    """Every reading covers a run by exactly one cell, so the best reading without a cell goes
    through the best other cell over that run."""
    if not path:
        return []
    total = min(into[length])
    owner = {edge.start: number for number, edge in enumerate(path)}
    other = [inf] * len(path)
    for begin in range(length):
        for edge in edges[begin]:
            cost = into[begin][edge.state] + edge.cost + out_of[edge.end][edge.state]
            for run in range(edge.start, edge.end):
                number = owner.get(run)
                if number is not None and path[number] != edge:
                    other[number] = min(other[number], cost)
    return [cost - total for cost in other]
