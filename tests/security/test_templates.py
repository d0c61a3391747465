"""Nothing in a page that the policy would refuse, and no word of anybody's that becomes markup."""

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from flask import Flask

from rehab.web.skeleton import VERSION

REHAB = Path(__file__).parents[2] / "rehab"
TEMPLATES = sorted(path for path in REHAB.rglob("templates/**/*.html"))
OF_JINJA = re.compile(r"{#.*?#}|{%.*?%}|{{.*?}}", re.DOTALL)
LOADS = {"script": "src", "link": "href", "img": "src", "form": "action", "iframe": "src"}


class Faults(HTMLParser):
    """What stands in a page and could not, or should not, run there."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.inside = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.inside = tag if tag in ("script", "style") else ""
        given = dict(attrs)
        self.found += [f"<{tag} {name}>" for name in given if name.startswith("on")]
        if "style" in given or tag in ("style", "base", "object", "embed", "iframe"):
            self.found.append(f"<{tag}> with a style or a frame")
        if tag == "script" and "src" not in given:
            self.found.append("a script without a file")
        where = given.get(LOADS.get(tag, "href")) or ""
        if "javascript:" in where.lower() or (tag in LOADS and "//" in where):
            self.found.append(f"<{tag}> of {where}")

    def handle_data(self, data: str) -> None:
        if self.inside and data.strip():
            self.found.append(f"words in <{self.inside}>")

    def handle_endtag(self, tag: str) -> None:
        self.inside = ""


def faults(template: str) -> list[str]:
    return Faults(OF_JINJA.sub("x", template)).found


def test_there_are_templates_of_every_kind() -> None:
    assert {"base.html", "staff.html", "today.html", "phone.html", "api_docs.html"} <= {
        path.name for path in TEMPLATES
    }


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.stem)
def test_no_template_holds_a_script_a_style_or_anything_from_elsewhere(path: Path) -> None:
    assert faults(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.stem)
def test_no_template_lets_a_value_through_as_markup(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert re.findall(r"\|\s*safe\b|autoescape\s+false|Markup\(|\|\s*urlize", text) == []
    assert re.findall(r"=\s*{{", text) == [], "a value of an attribute stands in quotes"


def test_markup_is_made_in_one_place_of_squares_alone() -> None:
    makers = {
        str(path.relative_to(REHAB))
        for path in REHAB.rglob("*.py")
        if re.search(r"\bMarkup\(|render_template_string|\|safe", path.read_text("utf-8"))
    }
    assert makers == {"web/qr.py"}


def test_every_template_escapes_by_itself(server: Flask) -> None:
    escapes = server.jinja_env.autoescape
    assert callable(escapes)
    assert all(escapes(path.name) for path in TEMPLATES)


@pytest.mark.parametrize(
    "html",
    [
        "<script>alert(1)</script>",
        "<style>p {}</style>",
        '<p style="color: red">',
        '<p onclick="x()">',
        '<a href="javascript:x()">',
        '<script src="https://evil.example/x.js"></script>',
        '<img src="//evil.example/x.png">',
        '<form action="https://evil.example/"></form>',
        '<iframe src="/x"></iframe>',
        '<base href="/x">',
    ],
)
def test_a_fault_is_seen(html: str) -> None:
    assert faults(html)


# Files

ESCAPES = (
    "../guards.py",
    "../../settings.py",
    "..%2f..%2fsettings.py",
    "%2e%2e/%2e%2e/settings.py",
    "....//....//settings.py",
    "..\\..\\settings.py",
    "..%5c..%5csettings.py",
    "/etc/passwd",
    "//etc/passwd",
    "%2fetc%2fpasswd",
    "%00/etc/passwd",
    "theme.css%00.py",
    "./../../settings.py",
    "theme.css/../../guards.py",
    "..;/..;/settings.py",
    "%c0%ae%c0%ae/settings.py",
    "~root/x",
    "C:\\windows\\win.ini",
)
FOLDERS = {
    "/assets/<version>/": "theme.css",
    "/demo/assets/": "demo.css",
    "/bootstrap/static/": "css/bootstrap.min.css",
    "/api/docs/ours/": "api_docs.js",
    "/api/docs/assets/": "swagger-ui.css",
    "/static/": None,
}


def test_every_route_that_serves_files_is_here(server: Flask) -> None:
    served = {
        rule.rule.partition("<path:")[0]
        for rule in server.url_map.iter_rules()
        if "<path:" in rule.rule
    }
    assert served == set(FOLDERS)


@pytest.mark.parametrize("folder", FOLDERS)
def test_no_file_beside_the_folder_is_served(server: Flask, folder: str) -> None:
    client, own = server.test_client(), FOLDERS[folder]
    folder = folder.replace("<version>", VERSION)
    if own is not None:
        with client.get(folder + own) as answer:
            assert answer.status_code == 200
    got = {}
    for escape in ESCAPES:
        answer = client.get(folder + escape, follow_redirects=True)
        if answer.status_code not in (400, 404) or b"root:" in answer.data:
            got[escape] = answer.status_code
    assert got == {}
