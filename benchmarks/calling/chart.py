"""A chart of bars as SVG, without a library: it reads well on a light page and on a dark one."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Final, TypeAlias

__all__ = ["Bar", "bars"]

Bar: TypeAlias = tuple[str, float, bool]
"""A label, a value, and whether it is drawn in the colour of this client."""

WIDTH: Final = 760
LETTER: Final = 7
"""More than a letter of a label takes: there is no font here to measure it with."""
VALUES: Final = 70
"""The room for a value behind the longest bar."""
TOP: Final = 62
STEP: Final = 30
THICK: Final = 16
STYLE: Final = """
  text { font: 13px system-ui, sans-serif; fill: #1f2328; }
  .title { font-size: 16px; font-weight: 600; }
  .quiet { fill: #59636e; }
  .ours { font-weight: 600; }
  .axis { stroke: #d1d9e0; }
  .bar { fill: #8c959f; }
  .bar.ours { fill: #0969da; }
  @media (prefers-color-scheme: dark) {
    text { fill: #f0f6fc; }
    .quiet { fill: #9198a1; }
    .axis { stroke: #3d444d; }
    .bar { fill: #656c76; }
    .bar.ours { fill: #4493f8; }
  }
"""


def bars(title: str, note: str, rows: Sequence[Bar]) -> str:
    """Draw a bar for each row."""
    height = TOP + STEP * len(rows) + 8
    left = 20 + LETTER * max(len(label) for label, _, _ in rows)
    scale = (WIDTH - left - VALUES) / max(value for _, value, _ in rows)
    said = "; ".join(f"{label} {_number(value)}" for label, value, _ in rows)
    size = f'viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}"'
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img" aria-labelledby="title desc">',
        f'<title id="title">{escape(title)}</title>',
        f'<desc id="desc">{escape(said)}</desc>',
        f"<style>{STYLE}</style>",
        f'<text class="title" x="8" y="24">{escape(title)}</text>',
        f'<text class="quiet" x="8" y="44">{escape(note)}</text>',
        f'<line class="axis" x1="{left}" x2="{left}" y1="{TOP - 4}" y2="{height - 6}"/>',
    ]
    for place, row in enumerate(rows):
        lines += _bar(left, TOP + STEP * place, scale, row)
    return "\n".join([*lines, "</svg>", ""])


def _bar(left: int, top: int, scale: float, row: Bar) -> list[str]:
    label, value, marked = row
    kind = " ours" if marked else ""
    length = max(1.0, value * scale)
    middle = top + THICK / 2 + 5
    before, behind = f'x="{left - 10}" text-anchor="end"', f'x="{left + length + 8:.1f}"'
    box = f'x="{left}" y="{top}" width="{length:.1f}" height="{THICK}" rx="2"'
    return [
        f'<text class="label{kind}" {before} y="{middle:g}">{escape(label)}</text>',
        f'<rect class="bar{kind}" {box}/>',
        f'<text class="value{kind}" {behind} y="{middle:g}">{_number(value)}</text>',
    ]


def _number(value: float) -> str:
    return f"{value:.2f}" if value < 10 else f"{value:.1f}"
