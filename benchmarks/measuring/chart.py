"""A chart of bars as SVG, without a library.

It is drawn narrow, with each label above its bar, so that a phone shows it nearly at its own size;
and on a ground of its own, since the page may be dark where the system is light.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from typing import Final

__all__ = ["Bar", "Panel", "chart"]

WIDTH: Final = 400
SHOWN: Final = 560
"""How wide it is where there is room."""
MARGIN: Final = 16
VALUES: Final = 52
"""The room for a value behind the longest bar."""
TITLE: Final = 40
STEP: Final = 38
THICK: Final = 12
STYLE: Final = """
  text { font: 14px system-ui, -apple-system, "Segoe UI", sans-serif; fill: #1f2328; }
  .ground { fill: #ffffff; stroke: #d1d9e0; }
  .title { font-size: 15px; font-weight: 600; }
  .quiet { font-size: 13px; fill: #59636e; }
  .ours { font-weight: 600; }
  .bar { fill: #8c959f; }
  .bar.ours { fill: #0969da; }
  @media (prefers-color-scheme: dark) {
    text { fill: #f0f6fc; }
    .ground { fill: #0d1117; stroke: #3d444d; }
    .quiet { fill: #9198a1; }
    .bar { fill: #656c76; }
    .bar.ours { fill: #4493f8; }
  }
"""


@dataclass(frozen=True)
class Bar:
    """A label, a value, and whether it is drawn in the colour of this client."""

    label: str
    value: float
    ours: bool


@dataclass(frozen=True)
class Panel:
    """A title, and the bars below it, all to one scale."""

    title: str
    bars: Sequence[Bar]

    @property
    def height(self) -> int:
        """How much room it takes."""
        return TITLE + STEP * len(self.bars)


def chart(title: str, notes: Sequence[str], panels: Sequence[Panel]) -> str:
    """Draw the panels below each other, and the notes at the foot."""
    foot = MARGIN + sum(panel.height for panel in panels)
    height = foot + 20 * len(notes) + MARGIN
    size = f'viewBox="0 0 {WIDTH} {height}" width="{SHOWN}" height="{height * SHOWN // WIDTH}"'
    said = ". ".join(_said(panel) for panel in panels)
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img" aria-labelledby="title desc">',
        f'<title id="title">{escape(title)}</title>',
        f'<desc id="desc">{escape(said)}</desc>',
        f"<style>{STYLE}</style>",
        f'<rect class="ground" x=".5" y=".5" width="{WIDTH - 1}" height="{height - 1}" rx="6"/>',
    ]
    top = MARGIN
    for panel in panels:
        lines += _panel(panel, top)
        top += panel.height
    for place, note in enumerate(notes):
        lines.append(_text("quiet", foot + 14 + 20 * place, note))
    return "\n".join([*lines, "</svg>", ""])


def _panel(panel: Panel, top: int) -> Iterator[str]:
    yield _text("title", top + 14, panel.title)
    scale = (WIDTH - 2 * MARGIN - VALUES) / max(bar.value for bar in panel.bars)
    for place, bar in enumerate(panel.bars):
        at = top + TITLE + STEP * place
        kind = " ours" if bar.ours else ""
        length = max(1.0, bar.value * scale)
        box = f'x="{MARGIN}" y="{at + 6}" width="{length:.1f}" height="{THICK}" rx="2"'
        yield _text(f"label{kind}", at, bar.label)
        yield f'<rect class="bar{kind}" {box}/>'
        yield _text(f"value{kind}", at + THICK + 5, _number(bar.value), MARGIN + length + 6)


def _text(kind: str, y: float, words: str, x: float = MARGIN) -> str:
    return f'<text class="{kind}" x="{x:g}" y="{y:g}">{escape(words)}</text>'


def _said(panel: Panel) -> str:
    return f"{panel.title}: " + "; ".join(f"{bar.label} {_number(bar.value)}" for bar in panel.bars)


def _number(value: float) -> str:
    return f"{value:.2f}" if value < 10 else f"{value:.1f}"
