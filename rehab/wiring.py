"""What this app was built with: its settings, its program library and the sender of its texts."""

from dataclasses import dataclass

from flask import Flask, current_app

from rehab.notifications.senders import Sender
from rehab.programs.library import Library
from rehab.settings import Settings

KEY = "rehab"


@dataclass(frozen=True)
class Wiring:
    settings: Settings
    library: Library
    sender: Sender


def wire(app: Flask, wiring: Wiring) -> None:
    app.extensions[KEY] = wiring


def wiring() -> Wiring:
    """The wiring of the app that is running now."""
    built: Wiring = current_app.extensions[KEY]
    return built


def library() -> Library:
    return wiring().library
