"""Whose rows may be touched now: nobody's, one clinic's, or, for a reason that is given, all."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from uuid import UUID


class NoClinic(Exception):
    """Rows of clinics were asked for before anybody said whose: a fault of ours."""


class ForeignRow(Exception):
    """A row of another clinic was about to be written: a fault of ours."""


@dataclass(frozen=True, slots=True)
class Scope:
    """One clinic; without one, every clinic, and why."""

    clinic_id: UUID | None
    reason: str


_scope: ContextVar[Scope | None] = ContextVar("clinic", default=None)


def scope() -> Scope | None:
    """What is open now; None where nobody has said."""
    return _scope.get()


def open_clinic_id() -> UUID | None:
    """The one clinic that is open. Raises NoClinic where none is, or where all are."""
    opened = _scope.get()
    if opened is None or opened.clinic_id is None:
        raise NoClinic("no one clinic is open")
    return opened.clinic_id


def enter_clinic(clinic_id: UUID) -> None:
    """Open one clinic for the rest of a block that `nowhere` began, such as a request."""
    _scope.set(Scope(clinic_id, "one clinic"))


def enter_all(reason: str) -> None:
    """Open every clinic for the rest of a block that `nowhere` began, such as a request."""
    _scope.set(Scope(None, reason))


@contextmanager
def of_clinic(clinic_id: UUID) -> Iterator[None]:
    """Only rows of this clinic are found, and only such are written."""
    with _within(Scope(clinic_id, "one clinic")):
        yield


@contextmanager
def across_clinics(reason: str) -> Iterator[None]:
    """Rows of all clinics, because of `reason`; also a decorator."""
    with _within(Scope(None, reason)):
        yield


@contextmanager
def nowhere() -> Iterator[None]:
    """No clinic is open until one is entered; how each request begins."""
    with _within(None):
        yield


@contextmanager
def _within(opened: Scope | None) -> Iterator[None]:
    before = _scope.set(opened)
    try:
        yield
    finally:
        _scope.reset(before)
