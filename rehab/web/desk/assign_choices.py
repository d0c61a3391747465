"""The programs as the form offers them: what each asks of a patient, and which suit the filters."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from rehab.programs.library import Library
from rehab.programs.program import Phase, Program, Track
from rehab.programs.safety import Caution
from rehab.programs.session_size import session_minutes, size_warning
from rehab.services.plans import SPREAD

NOTHING_SPECIAL = "C-NONE"
TRACKS = {
    Track.ACUTE: "acute",
    Track.CHRONIC: "chronic",
    Track.BOTH: "acute or chronic",
}


@dataclass(frozen=True, slots=True)
class Card:
    """One program to choose. `minutes` are those of its shortest and its longest phase, about, at
    the levels where they start; `weekdays` are those it is spread over if nothing is said."""

    program: Program
    minutes: tuple[int, int]
    equipment: tuple[str, ...]
    cautions: tuple[Caution, ...]
    weekdays: tuple[int, ...]
    size: str | None

    @property
    def track(self) -> str:
        return TRACKS[self.program.track]

    @property
    def takes(self) -> str:
        """About how long a session is: `12 min`, `12-18 min`."""
        shortest, longest = self.minutes
        return f"{longest} min" if shortest == longest else f"{shortest}-{longest} min"


def cards(library: Library) -> tuple[Card, ...]:
    """Every program, by where it works and then by name."""
    found = (_card(program, library) for program in library.programs.values())
    return tuple(sorted(found, key=lambda c: (c.program.regions[:1], c.program.name)))


def suits(card: Card, wanted: Mapping[str, str]) -> bool:
    """Whether a program passes the filters: `region`, `suits` (a track), `without` (a thing that
    the patient does not have)."""
    region, track, lacking = (wanted.get(name, "") for name in ("region", "suits", "without"))
    return (
        (not region or region in card.program.regions)
        and (not track or card.program.track in (track, Track.BOTH))
        and (not lacking or lacking not in card.equipment)
    )


def regions(offered: Iterable[Card]) -> list[str]:
    """Where any of the programs works."""
    return sorted({region.value for card in offered for region in card.program.regions})


def equipment(offered: Iterable[Card]) -> list[str]:
    """All that any of the programs needs."""
    return sorted({thing for card in offered for thing in card.equipment})


def _card(program: Program, library: Library) -> Card:
    minutes = [_minutes(phase) for phase in program.phases]
    codes = dict.fromkeys(code for e in program.exercises for code in e.cautions)
    return Card(
        program=program,
        minutes=(min(minutes), max(minutes)),
        equipment=tuple(sorted({thing for e in program.exercises for thing in e.equipment})),
        cautions=tuple(library.cautions[code] for code in codes if code != NOTHING_SPECIAL),
        weekdays=tuple(SPREAD[program.sessions_per_week]),
        size=size_warning(max(len(p.exercises) for p in program.phases), max(minutes)),
    )


def _minutes(phase: Phase) -> int:
    return session_minutes((e.category, e.level(phase.start_level)) for e in phase.exercises)
