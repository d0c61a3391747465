"""An export as a file: one JSON document, or a zip with a CSV table for each noun."""

import csv
import io
import json
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from rehab.services.privacy.export import Export, Row

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
"""With one of these first, a spreadsheet takes a cell for a formula (OWASP, CSV injection)."""


def as_json(document: object) -> bytes:
    """A document in UTF-8, in the order in which it was put together."""
    return json.dumps(document, ensure_ascii=False, indent=1).encode() + b"\n"


def as_zip(export: Export) -> bytes:
    """A table a noun that has rows, in UTF-8 with a header; the same export gives the same bytes.

    A text that a spreadsheet would take for a formula begins with an apostrophe. Every cell is in
    quotes: of lists among bare cells, Gnumeric guesses that a bracket parts the columns.
    """
    exported_at = datetime.fromisoformat(export["exported_at"]).astimezone(UTC)
    stamp = exported_at.timetuple()[:6]
    into = io.BytesIO()
    with zipfile.ZipFile(into, "w", zipfile.ZIP_DEFLATED) as archive:
        for noun, rows in _tables(export):
            file = zipfile.ZipInfo(f"{noun}.csv", stamp)
            file.external_attr = 0o600 << 16
            archive.writestr(file, _table(rows), zipfile.ZIP_DEFLATED)
    return into.getvalue()


def _tables(export: Export) -> Iterator[tuple[str, list[Row]]]:
    about = {name: export[name] for name in ("format", "exported_at")}
    yield "export", [{**about, **{f"clinic_{k}": v for k, v in export["clinic"].items()}}]
    yield "patient", [export["patient"]]
    yield from ((noun, rows) for noun, rows in export.items() if isinstance(rows, list) and rows)


def _table(rows: list[Row]) -> bytes:
    into = io.StringIO(newline="")
    writer = csv.writer(into, quoting=csv.QUOTE_ALL)
    writer.writerow(rows[0])
    writer.writerows([_cell(value) for value in row.values()] for row in rows)
    return into.getvalue().encode()


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if not isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    return f"'{value}" if value.startswith(FORMULA) else value
