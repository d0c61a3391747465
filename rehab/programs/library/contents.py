"""What a library holds once it is read: a frozen value that needs no file any more."""

from collections.abc import Mapping
from dataclasses import dataclass

from rehab.figures.pose import Figure
from rehab.programs.measures import Measure
from rehab.programs.policy import Policy
from rehab.programs.program import Exercise, Program
from rehab.programs.safety import Caution, RedFlag, SeeDoctor, StopRule, Tier, TierMeaning


@dataclass(frozen=True, slots=True)
class Evidence:
    """A source; `read` says whether it was opened or is known from memory or usual practice."""

    id: str
    citation: str
    says: str
    address: str | None
    read: bool


@dataclass(frozen=True, slots=True)
class Library:
    """Everything authored, by id; `messages` maps a language to its texts by key.

    `figures` maps an exercise to its picture, where it has one. `borrowed` maps one that shows the
    picture of another to that other, whose picture is then among `figures` under both.
    `translations` maps a language to its texts by their source in English.
    `version` is 12 hex digits that change with any content of any file.
    """

    exercises: Mapping[str, Exercise]
    programs: Mapping[str, Program]
    policies: Mapping[str, Policy]
    measures: Mapping[str, Measure]
    red_flags: Mapping[str, RedFlag]
    cautions: Mapping[str, Caution]
    tiers: Mapping[Tier, TierMeaning]
    see_doctor: Mapping[str, SeeDoctor]
    stop_rules: Mapping[str, StopRule]
    evidence: Mapping[str, Evidence]
    messages: Mapping[str, Mapping[str, str]]
    translations: Mapping[str, Mapping[str, str]]
    figures: Mapping[str, Figure]
    borrowed: Mapping[str, str]
    version: str
