"""Notes as a form sends them: lines of words, counted as they are written."""

from rehab.errors import Invalid

LONGEST_NOTE = 2000


def note_of(typed: str) -> str:
    """The note that was typed, without a NUL, which no database keeps; a new line is one character,
    though a browser sends two. Raises Invalid (note) for more than 2000."""
    note = as_written(typed)
    if len(note) > LONGEST_NOTE:
        raise Invalid({"note": [f"must have at most {LONGEST_NOTE} characters"]})
    return note


def as_written(typed: str) -> str:
    """The lines that were typed, whichever way they end."""
    return typed.replace("\0", "").replace("\r\n", "\n").replace("\r", "\n").strip()
