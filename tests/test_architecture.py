"""The house keeps its shape: imports go downwards, outsiders have one home, modules stay small.

The floors are drawn in docs/architecture.md. The imports are read, not run.
"""

import ast
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TypeGuard

import pytest

ROOT = Path(__file__).parent.parent
LARGEST = {"rehab": 400, "tests": 600}
"""Lines of a module. Past 250 ask whether it is two nouns; past 400 it is. Tables of cases in the
tests may be longer."""

RULES, STORAGE, USE_CASES, WIRING, DOORS = range(5)
FLOOR_NAMES = ("rules", "storage", "use cases", "wiring", "doors")

FLOORS = {
    "rehab": DOORS,
    "rehab.api": DOORS,
    "rehab.cli": DOORS,
    "rehab.factory": DOORS,
    "rehab.notifications.webhooks": DOORS,
    "rehab.server": DOORS,
    "rehab.web": DOORS,
    "rehab.worker": DOORS,
    "rehab.wiring": WIRING,
    "rehab.exchange": USE_CASES,
    "rehab.services": USE_CASES,
    "rehab.extensions": STORAGE,
    "rehab.tenancy": STORAGE,
    "rehab.vault": STORAGE,
    "rehab.models": STORAGE,
    "rehab.notifications.senders": STORAGE,
    "rehab.charts": RULES,
    "rehab.clock": RULES,
    "rehab.errors": RULES,
    "rehab.figures": RULES,
    "rehab.log": RULES,
    "rehab.notifications": RULES,
    "rehab.places": RULES,
    "rehab.programs": RULES,
    "rehab.redaction": RULES,
    "rehab.settings": RULES,
}
"""Each module stands on the floor of the longest name here that it lies in."""

HOMES = {
    "argon2": ["rehab.services.access"],
    "babel": ["rehab.web"],
    "pyotp": ["rehab.services.access"],
    "aiohttp": ["rehab.notifications.senders"],
    "apscheduler": ["rehab.worker"],
    "cryptography": ["rehab.vault"],
    "flask_bootstrap": ["rehab.factory"],
    "flask_migrate": ["rehab.extensions", "rehab.cli"],
    "flask_smorest": ["rehab.api"],
    "flask_sqlalchemy": ["rehab.extensions"],
    "gunicorn": ["rehab.cli.serve"],
    "icalendar": ["rehab.exchange"],
    "marshmallow": ["rehab.programs.library", "rehab.api"],
    "phonenumbers": ["rehab.services.phones"],
    "prometheus_client": ["rehab.web.metrics", "rehab.web.requests_seen"],
    "structlog": ["rehab.log"],
    "swagger_ui": ["rehab.api.docs"],
    "twilio": ["rehab.notifications.senders", "rehab.notifications.webhooks"],
    "webargs": ["rehab.api"],
    "yaml": ["rehab.programs.library"],
}
"""Where each outsider may be imported. Flask itself: see `_flask_below_the_doors`."""

CLOCK = {
    "datetime.date.today",
    "datetime.datetime.now",
    "datetime.datetime.today",
    "datetime.datetime.utcnow",
    "time.localtime",
    "time.monotonic",
    "time.monotonic_ns",
    "time.perf_counter",
    "time.time",
    "time.time_ns",
}
ENVIRONMENT = {"os.environ", "os.getenv", "os.putenv"}
KINDS = {"utils", "util", "helpers", "helper", "constants", "common", "misc"}

Modules = Mapping[str, str]
"""Module names and their source."""


def modules_of(folder: Path) -> dict[str, str]:
    """Every module under `folder`, by its dotted name from the folder's parent."""
    named = {}
    for path in sorted(folder.rglob("*.py")):
        parts = path.relative_to(folder.parent).with_suffix("").parts
        name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        named[name] = path.read_text(encoding="utf-8")
    return named


REHAB = modules_of(ROOT / "rehab")


def lies_in(module: str, place: str) -> bool:
    return module == place or module.startswith(place + ".")


def floor_of(module: str) -> int | None:
    """The floor of a module of ours; `rehab` itself is only what builds the app."""
    places = [p for p in FLOORS if module == p or (p != "rehab" and lies_in(module, p))]
    return FLOORS[max(places, key=len)] if places else None


def imports_of(module: str, source: str, known: Modules) -> Iterator[tuple[int, str]]:
    """Line and name of all that a module imports, wherever in it the import stands.

    `from package import name` is an import of `package.name` where that is a module of ours.
    """
    is_package = any(lies_in(other, module) for other in known if other != module)
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = _absolute(node, module, is_package)
            for alias in node.names:
                whole = f"{base}.{alias.name}"
                yield node.lineno, whole if whole in known else base


def _absolute(node: ast.ImportFrom, module: str, is_package: bool) -> str:
    if not node.level:
        return node.module or ""
    parts = module.split(".")
    up = parts[: len(parts) - node.level + is_package]
    return ".".join([*up, node.module] if node.module else up)


def complaints(modules: Modules) -> list[str]:
    """What in `modules` breaks the house's rules about imports: `module:line: what`."""
    known = {**REHAB, **modules}
    return [
        f"{module}:{line}: {fault}"
        for module, source in modules.items()
        for line, name in imports_of(module, source, known)
        for fault in (*_climbs(module, name), *_strays(module, name))
    ]


def _climbs(module: str, name: str) -> Iterator[str]:
    """A module of ours imports from its own floor or from one below."""
    here = floor_of(module)
    if here is None:
        yield "stands on no floor: give it one in tests/test_architecture.py"
    elif lies_in(name, "rehab"):
        there = floor_of(name)
        if there is not None and there > here:
            yield f"{FLOOR_NAMES[here]} may not import {name} ({FLOOR_NAMES[there]})"


def _strays(module: str, name: str) -> Iterator[str]:
    """An outsider is imported where it lives, and nowhere on the floor of the rules but there."""
    outsider = name.partition(".")[0]
    if outsider == "rehab" or outsider in sys.stdlib_module_names:
        return
    homes = HOMES.get(outsider)
    if homes is not None:
        if not any(lies_in(module, home) for home in homes):
            yield f"{outsider} lives in {' and '.join(homes)}"
    elif floor_of(module) == RULES:
        yield f"rules may not import {outsider}: standard library only"
    elif outsider == "flask" and _flask_below_the_doors(module):
        yield "flask lives in the doors, rehab.wiring and rehab.extensions"


def _flask_below_the_doors(module: str) -> bool:
    return floor_of(module) in (STORAGE, USE_CASES) and module != "rehab.extensions"


def readings(modules: Modules, watched: set[str]) -> list[str]:
    """Where one of the `watched` names is used, under whatever name it was imported."""
    found = []
    for module, source in modules.items():
        tree = ast.parse(source)
        full = _full_names(tree)
        for node in filter(_is_name, ast.walk(tree)):
            root, dot, rest = ast.unparse(node).partition(".")
            name = full.get(root, "") + dot + rest
            if name in watched:
                found.append(f"{module}:{node.lineno}: {name}")
    return found


def _is_name(node: ast.AST) -> TypeGuard[ast.Name | ast.Attribute]:
    while isinstance(node, ast.Attribute):
        node = node.value
    return isinstance(node, ast.Name)


def _full_names(tree: ast.Module) -> dict[str, str]:
    """What each imported name stands for: after `from time import monotonic as tick`, `tick` is
    `time.monotonic`."""
    full = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            full |= {a.asname: a.name for a in node.names if a.asname}
            full |= {root: root for a in node.names if (root := a.name.partition(".")[0])}
        elif isinstance(node, ast.ImportFrom) and not node.level:
            full |= {a.asname or a.name: f"{node.module}.{a.name}" for a in node.names}
    return full


def sessions_by_name(modules: Modules) -> list[str]:
    """Where SQLAlchemy's or Flask's `Session` is imported by that name, which here is a patient's
    session."""
    return [
        f"{module}:{node.lineno}: {alias.name} of {node.module}"
        for module, source in modules.items()
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.ImportFrom)
        and (node.module or "").partition(".")[0] in ("flask", "flask_sqlalchemy", "sqlalchemy")
        for alias in node.names
        if (alias.asname or alias.name) in ("Session", "session")
    ]


def outside(found: list[str], *homes: str) -> list[str]:
    """The findings that lie in none of `homes`."""
    return [line for line in found if not any(lies_in(line.partition(":")[0], h) for h in homes)]


def test_imports_go_downwards_and_outsiders_stay_in_their_homes() -> None:
    assert complaints(REHAB) == []


def test_only_the_clock_reads_the_clock() -> None:
    assert outside(readings(REHAB, CLOCK), "rehab.clock") == []


def test_only_the_settings_read_the_environment() -> None:
    assert outside(readings(REHAB, ENVIRONMENT), "rehab.settings") == []


def test_only_the_doors_ask_the_clock_what_time_it_is() -> None:
    asking = [
        f"{module}:{line}: {name}"
        for module, source in REHAB.items()
        if floor_of(module) != DOORS
        for line, name in imports_of(module, source, REHAB)
        if name == "rehab.clock"
    ]
    assert asking == []


def test_a_session_is_always_a_patients_session() -> None:
    assert sessions_by_name(REHAB) == []


@pytest.mark.parametrize("folder", LARGEST)
def test_no_module_outgrows_its_budget(folder: str) -> None:
    sizes = [(text.count("\n"), name) for name, text in modules_of(ROOT / folder).items()]
    largest = sorted(sizes, reverse=True)[:3]
    assert largest[0][0] <= LARGEST[folder], largest


def test_modules_are_nouns_and_say_what_they_are() -> None:
    kinds = [name for name in REHAB if name.rpartition(".")[2] in KINDS]
    silent = [name for name, source in REHAB.items() if not ast.get_docstring(ast.parse(source))]
    assert (kinds, silent) == ([], [])


@pytest.mark.parametrize(
    ("module", "source", "complaint"),
    [
        (
            "rehab.programs.made_up",
            "def late():\n    from rehab.models.plan import Plan",
            "rehab.programs.made_up:2: rules may not import rehab.models.plan (storage)",
        ),
        (
            "rehab.programs.made_up",
            "from ..services import plans",
            "rehab.programs.made_up:1: rules may not import rehab.services.plans (use cases)",
        ),
        (
            "rehab.services.made_up",
            "from rehab.wiring import library",
            "rehab.services.made_up:1: use cases may not import rehab.wiring (wiring)",
        ),
        (
            "rehab.services.made_up",
            "from rehab import create_app",
            "rehab.services.made_up:1: use cases may not import rehab (doors)",
        ),
        (
            "rehab.models.made_up",
            "from rehab.services import plans",
            "rehab.models.made_up:1: storage may not import rehab.services.plans (use cases)",
        ),
        (
            "rehab.services.made_up",
            "import flask",
            "rehab.services.made_up:1: flask lives in the doors, rehab.wiring and rehab.extensions",
        ),
        (
            "rehab.notifications.made_up",
            "import sqlalchemy.orm",
            "rehab.notifications.made_up:1: rules may not import sqlalchemy: standard library only",
        ),
        (
            "rehab.programs.made_up",
            "import yaml",
            "rehab.programs.made_up:1: yaml lives in rehab.programs.library",
        ),
        (
            "rehab.api.made_up",
            "from apscheduler.schedulers.background import BackgroundScheduler",
            "rehab.api.made_up:1: apscheduler lives in rehab.worker",
        ),
        (
            "rehab.made_up",
            "import json",
            "rehab.made_up:1: stands on no floor: give it one in tests/test_architecture.py",
        ),
    ],
)
def test_a_module_that_breaks_a_floor_is_named_with_its_line(
    module: str, source: str, complaint: str
) -> None:
    assert complaints({module: source}) == [complaint]


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("rehab.programs.library.made_up", "import yaml\nfrom marshmallow import Schema"),
        ("rehab.programs.made_up", "from .dosage import Dosage\nfrom . import zones"),
        ("rehab.services.made_up", "from rehab.notifications.senders import Sender"),
        ("rehab.models.made_up", "from rehab.programs.state import State\nimport sqlalchemy"),
        ("rehab.api.made_up", "from flask import g\nfrom rehab import clock"),
        ("rehab.notifications.senders.made_up", "from twilio.rest import Client"),
    ],
)
def test_a_module_that_keeps_to_its_floor_is_left_in_peace(module: str, source: str) -> None:
    assert complaints({module: source}) == []


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("from datetime import datetime\nx = datetime.now()", ["m:2: datetime.datetime.now"]),
        ("import datetime as dt\nx = dt.date.today()", ["m:2: datetime.date.today"]),
        ("import time\nx = time.monotonic()", ["m:2: time.monotonic"]),
        ("from time import monotonic as tick\nx = tick()", ["m:2: time.monotonic"]),
        ("import os.path\nx = os.environ['PATH']", ["m:2: os.environ"]),
        ("from os import getenv\nx = getenv('PATH')", ["m:2: os.getenv"]),
        ("def today(patient, now):\n    return patient.today(now)", []),
        ("def since(time):\n    return time.monotonic()", []),
    ],
)
def test_a_reading_of_the_clock_or_the_environment_is_seen(source: str, found: list[str]) -> None:
    assert readings({"m": source}, CLOCK | ENVIRONMENT) == found


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("from sqlalchemy.orm import Session", ["m:1: Session of sqlalchemy.orm"]),
        ("from flask import session", ["m:1: session of flask"]),
        ("from sqlalchemy.orm import Session as Work", []),
        ("from rehab.models.session import Session", []),
    ],
)
def test_a_foreign_session_is_seen(source: str, found: list[str]) -> None:
    assert sessions_by_name({"m": source}) == found
