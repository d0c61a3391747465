"""A log that is typed or pasted at the desk: JSON as `rehab replay` reads it, or a plain table."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from rehab.programs.case import SESSION_FIELDS, Case, Malformed, read_case
from rehab.programs.replay import Fault
from rehab.programs.zones import Report

COLUMNS = ("day", "before", "during", "after", "morning", "effort", "completion", "sleep")
"""The columns of a table without a heading; a heading may name others, and leave some out."""

TICKS = ("hard", "spread", "doms", "red_flags")
MOST_SESSIONS, LAST_DAY = 400, 3650
NOT_GIVEN = ("", "-")
WORDS = {"yes": True, "true": True, "x": True, "no": False, "false": False}
SESSION = re.compile(r"sessions\[(\d+)\]\.?(.*)")


class Unreadable(Exception):
    """What makes no sense in a log, by its line and field."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(str(fault))
        self.fault = fault


@dataclass(frozen=True, slots=True)
class _Row:
    line: int
    said: dict[str, Any]


def read_log(text: str, frame: Mapping[str, Any], tiers: Mapping[str, str]) -> Case:
    """The case that a text holds; `frame` is what a table is read within: track, category, usual
    pain, step and bounds. Raises Unreadable for the first fault."""
    if not text.strip():
        raise Unreadable(Fault(1, "log", "is empty"))
    if text.lstrip().startswith("{"):
        case = _read(" ".join(text.splitlines()), {}, tiers)
    else:
        rows = list(_rows(text))
        sessions = [row.said for row in rows]
        line_of = {n: row.line for n, row in enumerate(rows)}
        case = _read(json.dumps({**frame, "id": "typed", "sessions": sessions}), line_of, tiers)
    if not 0 < len(case.sessions) <= MOST_SESSIONS:
        raise Unreadable(Fault(1, "sessions", f"must be from 1 to {MOST_SESSIONS}"))
    if case.sessions[-1].day > LAST_DAY:
        raise Unreadable(Fault(1, "day", f"must be {LAST_DAY} at most"))
    return case


def _read(line: str, line_of: Mapping[int, int], tiers: Mapping[str, str]) -> Case:
    try:
        return read_case(line, tiers)
    except Malformed as error:
        found = SESSION.fullmatch(error.field) if line_of else None
        if found:
            fault = Fault(line_of[int(found[1])], found[2] or "session", error.what)
        else:
            what = "one case at a time" if error.what == "Extra data" else error.what
            fault = Fault(1, error.field, what)
        raise Unreadable(fault) from error


def _rows(text: str) -> Iterator[_Row]:
    columns: tuple[str, ...] = COLUMNS
    for number, line in enumerate(text.splitlines(), start=1):
        cells = _cells(line)
        if not any(cells):
            continue
        if cells[0].lower() == "day":
            columns = tuple(_heading(cells, number))
            continue
        if len(cells) > len(columns):
            raise Unreadable(Fault(number, "line", f"has more than {len(columns)} columns"))
        yield _Row(number, dict(_said(columns, cells, number)))


def _cells(line: str) -> list[str]:
    """What stands between tabs, commas or semicolons, or else between spaces."""
    mark = next((mark for mark in "\t,;" if mark in line), None)
    return [cell.strip() for cell in (line.split(mark) if mark else line.split())]


def _heading(cells: list[str], number: int) -> Iterator[str]:
    for cell in cells:
        if cell.lower() not in SESSION_FIELDS:
            raise Unreadable(Fault(number, cell[:20] or "heading", "unknown field"))
        yield cell.lower()


def _said(columns: tuple[str, ...], cells: list[str], number: int) -> Iterator[tuple[str, Any]]:
    """A cell that is empty was not said: a morning or a night is then missing, never 0."""
    for column, cell in zip(columns, cells, strict=False):
        if cell in NOT_GIVEN:
            if column in ("morning", "sleep"):
                yield column, None
            continue
        yield column, _value(column, cell, number)


def _value(column: str, cell: str, number: int) -> Any:
    if column == "red_flags":
        return cell.upper().split("+")
    if cell.lower() in WORDS:
        return WORDS[cell.lower()]
    if re.fullmatch(r"-?[0-9]{1,6}", cell):
        return int(cell)
    raise Unreadable(Fault(number, column, f"{cell[:20]!r} cannot be read"))


def as_table(sessions: tuple[Report, ...]) -> str:
    """Sessions as a table that `read_log` reads again, with its heading; ticks have columns only
    where somebody ticked."""
    ticked = tuple(name for name in TICKS if any(getattr(s, name) for s in sessions))
    columns = COLUMNS + ticked
    rows = ("\t".join(_cell(getattr(s, name)) for name in columns) for s in sessions)
    return "\n".join(["\t".join(columns), *rows])


def _cell(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple):
        return "+".join(value) or "-"
    return "-" if value is None else str(value)
