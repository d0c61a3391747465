"""A clock that shows what a test sets; its two hands move together unless one is pushed."""

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass
class SetClock:
    wall: datetime
    seconds: float = 0.0

    def now(self) -> datetime:
        return self.wall

    def monotonic(self) -> float:
        return self.seconds

    def pass_by(self, **time: float) -> None:
        """Let time pass: `pass_by(minutes=5)`."""
        span = timedelta(**time)
        self.wall += span
        self.seconds += span.total_seconds()
