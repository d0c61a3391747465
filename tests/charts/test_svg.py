"""Drawn markup: what stands in it cannot become markup of its own."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import escape

from rehab.charts.svg import Svg, across, down, element, joined


@pytest.mark.parametrize(
    ("drawn", "markup"),
    [
        (element("g"), "<g/>"),
        (element("line", x1="3%", class_="grid"), '<line x1="3%" class="grid"/>'),
        (element("text", "a < b & c"), "<text>a &lt; b &amp; c</text>"),
        (element("g", element("title", "x")), "<g><title>x</title></g>"),
        (element("svg", viewBox="0 0 1 1", aria_hidden="true"), None),
        (element("rect", rx=3, ry=None), '<rect rx="3"/>'),
        (element("use", href='"><script>'), '<use href="&quot;&gt;&lt;script&gt;"/>'),
        (joined(element("a"), element("b")), "<a/><b/>"),
    ],
)
def test_an_element_is_written_with_its_words_escaped(drawn: Svg, markup: str | None) -> None:
    assert drawn == (markup or '<svg viewBox="0 0 1 1" aria-hidden="true"/>')


@given(st.text())
def test_no_text_opens_an_element(text: str) -> None:
    drawn = element("text", text, title=text)
    assert drawn.count("<") == (2 if text else 1)


def test_a_page_takes_a_drawing_as_it_is_and_text_escaped() -> None:
    assert escape(element("g")) == "<g/>"
    assert escape("<g/>") == "&lt;g/&gt;"


def test_places_are_in_per_cent_across_and_in_lines_down() -> None:
    assert (across(12.345), down(1.5)) == ("12.35%", "1.50em")
