"""The shapes of ratings and decisions, told apart by form first and by colour second."""

from collections.abc import Iterable

from rehab.charts.svg import Svg, across, down, element, joined

SHAPES = {
    "during": "M0-5.5 5 4H-5z",
    "after": "M-3.6 0a3.6 3.6 0 1 0 7.2 0a3.6 3.6 0 1 0-7.2 0z",
    "morning": "M0-5.5 5.5 0 0 5.5-5.5 0z",
    "sleep": "M-4 0a4 4 0 1 0 8 0a4 4 0 1 0-8 0z",
    "stiffness": "M-3.5-3.5h7v7h-7z",
    "here": "M0 6-4.4-.8a4.5 4.5 0 1 1 8.8 0z",
    "up": "M0-6 5 3H-5z",
    "down": "M0 6 5-3H-5z",
    "ease": "M-5-2H5V2H-5z",
    "pause": "M-5-5h3.6V5h-3.6zM1.4-5H5V5H1.4z",
    "before": "M-3.5-3.5 3.5 3.5M3.5-3.5-3.5 3.5",
    "hold": "M-2.8 0a2.8 2.8 0 1 0 5.6 0a2.8 2.8 0 1 0-5.6 0z",
    "rest": "M-4.2-4.2h8.4v8.4h-8.4z",
    "more": "M-1.5-5h3v3.5H5v3H1.5V5h-3V1.5H-5v-3h3.5z",
    "ring": "M-8 0a8 8 0 1 0 16 0a8 8 0 1 0-16 0z",
    "reach": "M-11-11h22v22h-22z",
    "narrow": "M-6-11h12v22h-12z",
    "sent": "M-4-3.5h5L5 0 1 3.5h-5z",
    "unsent": "M-3.5-3.5 3.5 3.5M3.5-3.5-3.5 3.5",
    "came": "M4-3.5h-5L-5 0-1 3.5h5z",
}
"""Outlines round their own middle, in twelfths of a line."""

OF_MOVES = {
    "progress": "up",
    "regress": "down",
    "rest_regress": "down",
    "deload": "ease",
    "rest": "ease",
    "pause": "pause",
}
"""The shape of each move that changes something."""


def shapes(chart: str, names: Iterable[str], size: float = 1) -> Svg:
    """What the marks of a chart refer to; `chart` keeps it apart from others on the page."""
    return element("defs", *(_shape(name, size, id=f"{chart}-{name}") for name in names))


def mark(chart: str, name: str, x: float, y: float, title: str) -> Svg:
    """One of the shapes at `x` per cent across and `y` lines down, with what it says."""
    return element(
        "use",
        element("title", title),
        class_=f"mark {name}",
        href=f"#{chart}-{name}",
        x=across(x),
        y=down(y),
    )


def sample(name: str) -> Svg:
    """The shape alone, for a legend."""
    drawn = element("path", d=SHAPES[name])
    return element(
        "svg", drawn, class_=f"mark {name}", viewBox="-7 -7 14 14", width="1em", height="1em"
    )


def swatch(*parts: Svg) -> Svg:
    """A line's length of something that is not a shape, for a legend."""
    return element("svg", *parts, class_="swatch", width="1.75em", height="1em")


def line(class_: str, x1: float, y1: float, x2: float, y2: float, *inside: Svg) -> Svg:
    """A straight line between two places."""
    return element(
        "line",
        joined(*inside),
        class_=class_,
        x1=across(x1),
        y1=down(y1),
        x2=across(x2),
        y2=down(y2),
    )


def label(class_: str, x: float, y: float, text: str) -> Svg:
    """Words whose baseline lies at `y`."""
    return element("text", text, class_=class_, x=across(x), y=down(y))


def block(class_: str, x: float, y: float, width: float, height: float, *inside: Svg) -> Svg:
    """A rounded rectangle from its upper start corner."""
    return element(
        "rect",
        joined(*inside),
        class_=class_,
        x=across(x),
        y=down(y),
        width=across(width),
        height=down(height),
        rx="3",
    )


def drawing(class_: str, lines: float, *parts: Svg) -> Svg:
    """A drawing as wide as its column and `lines` lines of text high. A picture to a screen
    reader, which is given the table instead."""
    return element(
        "svg",
        *parts,
        class_=f"drawing {class_}",
        width="100%",
        height=down(lines),
        aria_hidden="true",
        focusable="false",
    )


def _shape(name: str, size: float, **attributes: str) -> Svg:
    return element(
        "svg",
        element("path", d=SHAPES[name]),
        viewBox="0 0 12 12",
        width=down(size),
        height=down(size),
        overflow="visible",
        **attributes,
    )
