"""Contrast of colors, as WCAG 2 reckons it."""

import re

TEXT = 4.5
"""What text needs against its ground (WCAG AA)."""
CANVAS_LINK = "#0374B5"
"""The color of a link in Canvas, unless an institution has set another."""
_NAMED = {"black": "#000000", "white": "#FFFFFF"}
_HEX = re.compile(r"#(?:[0-9A-Fa-f]{3}|[0-9A-Fa-f]{6})")


def rgb(color: str) -> tuple[int, int, int] | None:
    """Red, green, blue of #0B5563, #fff, black or white; None for what is written in another way."""
    text = _NAMED.get(color.strip().lower(), color.strip())
    if not _HEX.fullmatch(text):
        return None
    digits = text[1:] if len(text) == 7 else "".join(char * 2 for char in text[1:])
    return int(digits[:2], 16), int(digits[2:4], 16), int(digits[4:], 16)


def contrast(one: tuple[int, int, int], other: tuple[int, int, int]) -> float:
    """From 1 (the same) to 21 (black on white)."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(color: tuple[int, int, int]) -> float:
    red, green, blue = (_linear(part / 255) for part in color)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else float(((part + 0.055) / 1.055) ** 2.4)
