"""Where one category of a plan stands on its ladder, and the bounds a clinician sets for it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

FULL_DOSE = 1.0


@dataclass(frozen=True, slots=True)
class Bounds:
    """The steps a clinician allows in one category, and whether steps up are locked."""

    floor: int = 1
    ceiling: int = 5
    locked: bool = False

    def hold(self, step: int) -> int:
        """The allowed step nearest to `step`."""
        return min(max(step, self.floor), self.ceiling)


@dataclass(frozen=True, slots=True)
class State:
    """Where one category stands after its last completed session.

    `step` counts levels from 1, `dose` is a share of a full dosage, days are local day numbers.
    `marks` (R red, A reaction) and `hard_marks` are the last sessions at this step, `sleep` the
    last ratings given. `review_open`: a flag waits for a person, and nothing steps up till then.
    """

    step: int
    dose: float = FULL_DOSE
    streak: int = 0
    last_up_day: int | None = None
    last_bad_day: int | None = None
    marks: tuple[str, ...] = ()
    hard_marks: tuple[bool, ...] = ()
    sleep: tuple[int, ...] = ()
    paused: bool = False
    review_open: bool = False
    last_day: int | None = None

    def as_dict(self) -> dict[str, Any]:
        """The state as JSON values."""
        values = {name: getattr(self, name) for name in self.__slots__}
        return {k: list(v) if isinstance(v, tuple) else v for k, v in values.items()}

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> "State":
        """The state that `as_dict` wrote down; TypeError if a name is unknown."""
        fields: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else value
            for name, value in values.items()
        }
        return cls(**fields)
