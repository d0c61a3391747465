"""Drawn markup: elements of SVG as text, with everything that stands in them escaped.

Across, a drawing counts in per cent of its own width, and downwards in em: so it fits any column
and grows with the reader's text, and no label is ever smaller than the words around it.
"""

from html import escape


class Svg(str):
    """Markup made by `element`; a page may take it as it is."""

    __slots__ = ()

    def __html__(self) -> str:
        return self


def element(name: str, *children: str, **attributes: str | float | None) -> Svg:
    """An element; a trailing or inner `_` of an attribute's name is as in `class_`, `text_anchor`.

    Children that are not drawn are text. An attribute that is None is left out.
    """
    given = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{escape(_written(value))}"'
        for key, value in attributes.items()
        if value is not None
    )
    inside = "".join(child if isinstance(child, Svg) else escape(child) for child in children)
    return Svg(f"<{name}{given}>{inside}</{name}>" if inside else f"<{name}{given}/>")


def joined(*parts: Svg) -> Svg:
    """Parts one after another."""
    return Svg("".join(parts))


def across(share: float) -> str:
    """A place across the drawing: 0 is its start, 100 its end."""
    return f"{share:.2f}%"


def down(lines: float) -> str:
    """A place down the drawing, in lines of its text."""
    return f"{lines:.2f}em"


def _written(value: str | float) -> str:
    return value if isinstance(value, str) else f"{value:g}"
