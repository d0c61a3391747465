"""Home-exercise and rehab programs for muscle pain: pain-guided, explained, with text reminders."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask

    from rehab.settings import Settings


def create_app(settings: "Settings | None" = None) -> "Flask":
    """The server, built from `settings` (the environment by default); no scheduler is started.

    Raises SettingsError or LibraryFault, each with a line for the operator.
    """
    from rehab.factory import build

    return build(settings)
