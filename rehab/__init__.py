"""Home-exercise and rehab programs for muscle pain: pain-guided, explained, with text reminders."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask

    from rehab.settings import Settings


def create_app(settings: "Settings | None" = None, doors: bool = True) -> "Flask":
    """The server, built from `settings` (the environment by default); no scheduler is started.
    Without `doors` it has no pages and no API: a worker needs none.

    Raises SettingsError or LibraryFault, each with a line for the operator.
    """
    with starting():
        from rehab.factory import build

        return build(settings, doors)


@contextmanager
def starting() -> Iterator[None]:
    """What is imported and read at a start lives as long as the process: to look through it for
    garbage, again and again, would take a fifth of the start."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
