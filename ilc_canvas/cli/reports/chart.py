"""Bars with their numbers, as an inline picture. Its size and colors are the page's to say."""

from collections.abc import Sequence
from html import escape

_WIDTH, _LABEL, _VALUE, _ROW, _LONGEST = 208, 94, 36, 20, 16


def bars(rows: Sequence[tuple[str, int]], measure: str = "") -> str:
    """A horizontal bar for each pair of label and number, drawn to one scale from zero.

    `measure` is what they count, for those who hear it. A label that is cut stands whole in its tooltip.
    """
    most = max((number for _, number in rows), default=0) or 1
    spoken = ", ".join(f"{label}: {number:,}" for label, number in rows)
    drawn = "".join(_bar(at * _ROW + 4, label, number, share=number / most) for at, (label, number) in enumerate(rows))
    height = _ROW * len(rows) + 6
    name = escape(f"{measure}. {spoken}" if measure else spoken)
    axis = f'<line x1="{_LABEL}" y1="0" x2="{_LABEL}" y2="{height}"/>'
    return f'<svg viewBox="0 0 {_WIDTH} {height}" role="img" aria-label="{name}">\n{drawn}{axis}\n</svg>\n'


def _bar(top: int, label: str, number: int, *, share: float) -> str:
    width, base = round((_WIDTH - _LABEL - _VALUE) * share), top + 11
    cut = len(label) > _LONGEST
    tooltip = f"<title>{escape(label)}</title>" if cut else ""
    shown = escape(label[: _LONGEST - 1] + "…" if cut else label)
    return (
        f"<g>{tooltip}"
        f'<text x="{_LABEL - 5}" y="{base}" text-anchor="end">{shown}</text>'
        f'<rect x="{_LABEL}" y="{top}" width="{width}" height="14"/>'
        f'<text x="{_LABEL + width + 4}" y="{base}">{number:,}</text></g>\n'
    )
