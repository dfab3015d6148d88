"""Colours that can be told from what they are drawn on, in a light and in a dark theme."""

from colorsys import hls_to_rgb, rgb_to_hls

GRAPHIC = 3.0
THEMES = {
    "light": {
        "canvas": "#fbfbf9",
        "paper": "#ffffff",
        "hover": "#f1f1ed",
        "hairline": "#e4e4de",
        "ink": "#1c2127",
        "muted": "#5c6570",
        "accent": "#0a5aa8",
        "warning": "#b3261e",
        "line": "#7c8591",
    },
    "dark": {
        "canvas": "#14171b",
        "paper": "#1b1f25",
        "hover": "#272c34",
        "hairline": "#30363f",
        "ink": "#e9ebee",
        "muted": "#a3abb6",
        "accent": "#7ab8ff",
        "warning": "#ff8a80",
        "line": "#7d8794",
    },
}


def contrast(one: str, other: str) -> float:
    """How far two colours stand apart, from 1 to 21, as WCAG 2 counts it.

    >>> contrast("#000000", "#ffffff")
    21.0
    """
    dark, light = sorted((_luminance(one), _luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def themed(color: str) -> dict[str, str]:
    """Give a colour for each theme, changed no more than is needed to stand out from the canvas."""
    return {name: _distinct(color, theme["canvas"]) for name, theme in THEMES.items()}


def _distinct(color: str, canvas: str) -> str:
    hue, lightness, saturation = rgb_to_hls(*_channels(color))
    step = -0.01 if _luminance(canvas) > 0.5 else 0.01
    while contrast(color, canvas) < GRAPHIC and 0 <= lightness + step <= 1:
        lightness += step
        color = _hex(hls_to_rgb(hue, lightness, saturation))
    return color


def _luminance(color: str) -> float:
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in _channels(color))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _channels(color: str) -> tuple[float, float, float]:
    red, green, blue = (int(color[i : i + 2], 16) / 255 for i in (1, 3, 5))
    return red, green, blue


def _hex(channels: tuple[float, float, float]) -> str:
    return "#" + "".join(f"{round(c * 255):02x}" for c in channels)
