"""Two plots as inline SVG: the risk-coverage curve and the reliability of states. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

from eval.metrics import RiskPoint, StateRate

COLOURS = {"rules": "#b45309", "llm": "#6d28d9", "reconciled": "#0f766e"}
_W, _H = 460.0, 250.0
_LEFT, _RIGHT, _TOP, _BOTTOM = 68.0, 22.0, 12.0, 40.0


def _x(share: float) -> float:
    return _LEFT + share * (_W - _LEFT - _RIGHT)


def _y(share: float) -> float:
    return _H - _BOTTOM - share * (_H - _TOP - _BOTTOM)


def _frame(title: str, across: str, up: str, ticks: Sequence[tuple[float, str]]) -> str:
    """Axes from 0 to 1 across; ``ticks`` (place from 0 to 1, text) up."""
    lines = [
        f'<line x1="{_LEFT}" x2="{_W - _RIGHT}" y1="{_y(t):.1f}" y2="{_y(t):.1f}" class="grid"/>'
        f'<text x="{_LEFT - 6}" y="{_y(t) + 4:.1f}" text-anchor="end">{escape(text)}</text>'
        for t, text in ticks
    ]
    lines += [
        f'<text x="{_x(t):.1f}" y="{_H - _BOTTOM + 16}" text-anchor="middle">{t:.0%}</text>'
        for t in (0, 0.25, 0.5, 0.75, 1)
    ]
    middle = (_H - _BOTTOM + _TOP) / 2
    return (
        f"<title>{escape(title)}</title>{''.join(lines)}"
        f'<text x="{_x(0.5):.1f}" y="{_H - 6}" text-anchor="middle">{escape(across)}</text>'
        f'<text transform="translate(12 {middle:.1f}) rotate(-90)" text-anchor="middle">'
        f"{escape(up)}</text>"
    )


def _svg(body: str, title: str) -> str:
    return (
        f'<svg viewBox="0 0 {_W:.0f} {_H:.0f}" role="img" aria-label="{escape(title)}">{body}</svg>'
    )


def risk_coverage(curves: Mapping[str, Sequence[RiskPoint]]) -> str:
    """What stays wrong (up) when a share of the values goes to a person (across), a line a
    reader, with its 95 % interval."""
    title = "Risk and coverage"
    highest = max((p.high for c in curves.values() for p in c), default=0.0)
    top = next((t for t in (0.01, 0.02, 0.05, 0.1, 0.2, 0.5) if highest <= t), 1.0)
    ticks = [(n / 4, f"{top * n / 4:.2%}".replace(".00%", "%")) for n in range(5)]
    body = _frame(title, "sent to a person 送人工复核", "still wrong 剩余错误", ticks)
    for reader, points in curves.items():
        colour = COLOURS.get(reader, "#334155")
        line = " ".join(f"{_x(p.review):.1f},{_y(p.risk / top):.1f}" for p in points)
        upper = [f"{_x(p.review):.1f},{_y(p.high / top):.1f}" for p in points]
        lower = [f"{_x(p.review):.1f},{_y(p.low / top):.1f}" for p in reversed(points)]
        body += (
            f'<polygon points="{" ".join(upper + lower)}" fill="{colour}" opacity=".13"/>'
            f'<polyline points="{line}" fill="none" stroke="{colour}" stroke-width="2.2"/>'
        )
    return _svg(body, title)


def reliability(rates: Sequence[StateRate]) -> str:
    """How often a state was right (up, with its 95 % interval) against the forecast that the
    other forms make (across); on the diagonal a forecast can be taken at its word."""
    title = "Reliability"
    ticks = [(n / 4, f"{n / 4:.0%}") for n in range(5)]
    body = _frame(title, "forecast 预期正确率", "right 实际正确率", ticks)
    body += (
        f'<line x1="{_x(0):.1f}" y1="{_y(0):.1f}" x2="{_x(1):.1f}" y2="{_y(1):.1f}" class="diag"/>'
    )
    for rate in rates:
        x, y = _x(rate.forecast), _y(rate.share)
        words = f"{rate.state}: {rate.right} of {rate.cells} right"
        body += (
            f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{_y(rate.low):.1f}" y2="{_y(rate.high):.1f}" '
            f'class="bar"/><circle cx="{x:.1f}" cy="{y:.1f}" r="5"><title>{escape(words)}</title>'
            f"</circle>"
        )
    return _svg(body, title)
