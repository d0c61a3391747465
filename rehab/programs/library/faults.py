"""What is wrong with a library file, said as `file: field: what`."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from rehab.errors import RehabError


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """One thing to put right; `file` is relative to its library folder, list items count from 1."""

    file: str
    field: str
    what: str

    def __str__(self) -> str:
        return f"{self.file}: {self.field}: {self.what}"


class LibraryFault(RehabError):
    """The library cannot be used as it stands; `faults` lists everything that is wrong at once."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(sorted(faults))
        super().__init__("\n".join(str(fault) for fault in self.faults))


def faults_of(file: str, messages: Any) -> list[Fault]:
    """The faults in a validation's nested messages, such as `{"levels": {1: {"reps": [...]}}}`."""
    return [Fault(file, field or "file", what) for field, what in _flattened("", messages)]


def _flattened(field: str, messages: Any) -> Iterator[tuple[str, str]]:
    if isinstance(messages, str):
        yield field, messages
    elif isinstance(messages, list):
        for message in messages:
            yield from _flattened(field, message)
    else:
        for key, inner in messages.items():
            yield from _flattened(_inner_field(field, key), inner)


def _inner_field(field: str, key: str | int) -> str:
    if key in ("_schema", "key", "value"):  # how a schema and a mapping's two halves report
        return field
    if isinstance(key, int):
        return f"{field}[{key + 1}]"
    return f"{field}.{key}" if field else key
