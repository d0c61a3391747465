"""The contact sheet: every figure on one page, moving and still, to be looked at by a person."""

from collections.abc import Iterable
from html import escape

STYLE = """
:root{color-scheme:light dark}
body{margin:1.5rem;font:1rem/1.4 system-ui,sans-serif;background:#fffdf9;color:#2c2a26}
ul{display:grid;grid-template-columns:repeat(auto-fill,minmax(20rem,1fr));gap:1.5rem;padding:0}
li{list-style:none}
h2{margin:0 0 .25rem;font-size:1rem}
code{font-weight:400;opacity:.7}
img{display:block;width:100%;height:auto;margin-block-end:.25rem}
@media screen and (prefers-color-scheme:dark){body{background:#191815;color:#efe9de}}
"""


def contact_sheet(named: Iterable[tuple[str, str]]) -> str:
    """A page of the pictures `ID.svg` and `ID.still.svg` beside it, for each id and name."""
    items = "".join(_item(id_, name) for id_, name in named)
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Figures</title>'
        f"<style>{STYLE}</style></head><body><h1>Figures</h1><ul>{items}</ul></body></html>\n"
    )


def _item(id_: str, name: str) -> str:
    return (
        f"<li><h2>{escape(name)} <code>{escape(id_)}</code></h2>"
        f'<img src="{escape(id_)}.svg" alt="" width="320" height="240">'
        f'<img src="{escape(id_)}.still.svg" alt="" width="320" height="240"></li>'
    )
