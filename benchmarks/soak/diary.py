"""What the patients of a soak met together, and what was promised to them."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

WINDOW = 15.0
"""Seconds after a kill in which a failed try is put down to it: until the process is up again."""

BEGUN = 1.0
"""A line may break this long before the process is seen to be gone."""


@dataclass
class Diary:
    """What all of them met together: answers by status, failed tries with their time, and what was
    promised to them and must be found in the end."""

    answers: Counter[str] = field(default_factory=Counter)
    failed: list[tuple[float, str]] = field(default_factory=list)
    given_up: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    reported: dict[UUID, dict[str, Any]] = field(default_factory=dict)
    twice: int = 0
    texted: Counter[str] = field(default_factory=Counter)
    stopped: dict[str, float] = field(default_factory=dict)

    def told(self, killed: Sequence[float]) -> dict[str, Any]:
        """All of it, as a result; `killed` are the times at which a process was."""
        outside = [
            fault
            for at, fault in self.failed
            if not any(-BEGUN <= at - moment <= WINDOW for moment in killed)
        ]
        return {
            "answers": dict(self.answers),
            "failed tries": dict(Counter(fault for _, fault in self.failed)),
            "failed outside the windows of kills": dict(Counter(outside)),
            "given up": self.given_up[:20],
            "wrong answers": self.wrong[:20],
            "sessions told": len(self.reported),
            "told twice": self.twice,
            "replies": dict(self.texted),
            "stopped": len(self.stopped),
        }
