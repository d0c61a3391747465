"""What docs/progression.md tells clinicians is what the rules do: its tables, its worked decisions
and the simulator's numbers are made again and must be the same."""

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from rehab.cli.replay import replay
from rehab.cli.simulate import simulate
from rehab.programs.explanations import red_flag_sentence
from rehab.programs.library import Library
from rehab.programs.policy import PainLimit, Policy, Reaction, Restart
from rehab.programs.program import Category
from rehab.programs.rules import RULES
from rehab.programs.zones import Zone
from rehab.services.phase_ends import ENOUGH_OF_A_PHASE

PAPER = (Path(__file__).parent.parent / "docs/progression.md").read_text(encoding="utf-8")


def chapter(heading: str) -> str:
    return PAPER.partition(f"## {heading}\n")[2].partition("\n## ")[0]


def rows(text: str) -> list[list[str]]:
    """The cells of the first table in a text, its heading first."""
    found = []
    for line in text.splitlines():
        if line.startswith("|"):
            found.append([cell.strip() for cell in line.strip("|").split("|")])
        elif found:
            break
    return [row for row in found if not set("".join(row)) <= {"-"}]


def limit(value: PainLimit) -> str:
    most = f", {value.at_most} at most" if value.at_most < 10 else ""
    return f"{value.at_least}, or usual + {value.above_usual} if that is more{most}"


def reaction(value: Reaction) -> str:
    over = f"usual + {value.above_usual}" if value.above_usual else "usual"
    return f"rise of {value.rise}, and at {over} or more"


def restart(value: Restart) -> str:
    down = "to step 1" if value.levels_down is None else f"{value.levels_down} down"
    return f"{down}, {value.dose:.0%} dose" + (f", alert {value.alert}" if value.alert else "")


def settled_sessions(policy: Policy) -> str:
    usual, stretching = (policy.good_sessions[c] for c in (Category.LOW_IMPACT, "stretching"))
    return f"{usual} (stretching {stretching})"


def before_session(policy: Policy) -> str:
    cuts = [f"{cut.dose:.0%} from usual + {cut.above_usual}" for cut in policy.before_session.cuts]
    return f"{', '.join(cuts)}; none from {policy.before_session.rest_at} or when severe"


NUMBERS: dict[str, Callable[[Policy], str]] = {
    "red limit, during or after": lambda p: limit(p.red_limit),
    "green limit, during or after": lambda p: limit(p.green_limit),
    "severe, any rating": lambda p: f"{p.severe.at_least}, and usual + {p.severe.above_usual}",
    "reaction, next morning": lambda p: reaction(p.reaction),
    "red morning": lambda p: f"{reaction(p.red_morning.reaction)}; or {p.red_morning.always_at}",
    "settled sessions for a step up": settled_sessions,
    "days between steps up": lambda p: f"{p.days_between_steps_up}",
    "days after a bad or hard session": lambda p: f"{p.cooldown_days}",
    "done, at least": lambda p: f"{p.completion}%",
    "effort, at most": lambda p: f"{p.effort}",
    "sleep, low at": lambda p: f"{p.sleep_gate} or less",
    "dose after a red session": lambda p: f"{p.dose_after_red:.0%}",
    "dose after a second red in three": lambda p: f"{p.dose_after_two_reds:.0%} at most",
    "dose after a reaction": lambda p: f"{p.reaction_dose_factor:.0%} of what it was",
    "dose won back each time": lambda p: f"{p.ramp:.0%}",
    "a red flag of tier S": lambda p: "pauses" if p.tier_s_pauses else "closes the step up",
    "break of 7 days": lambda p: restart(p.restarts[0]),
    "break of 14 days": lambda p: restart(p.restarts[1]),
    "break of 28 days": lambda p: restart(p.restarts[2]),
    "pain before, today only": before_session,
    "weekly median": lambda p: (
        f"worse from usual + {p.weekly.worse}, creeping from usual + {p.weekly.creeping}; "
        f"{p.weekly.mornings} mornings or more"
    ),
}
"""How each number of a policy is put in words."""


@pytest.mark.parametrize("track", ["acute", "chronic"])
def test_every_number_is_the_one_in_the_policy_files(library: Library, track: str) -> None:
    heading, *table = rows(chapter("The numbers"))
    column = heading.index(track)
    told = {row[0]: row[column] for row in table}
    assert told == {name: say(library.policies[track]) for name, say in NUMBERS.items()}


def test_breaks_are_named_by_their_days(library: Library) -> None:
    named = [int(days) for days in re.findall(r"^\| break of (\d+) days", PAPER, re.MULTILINE)]
    for policy in library.policies.values():
        assert [restart.from_days for restart in policy.restarts] == named


def test_every_number_says_where_it_comes_from() -> None:
    for row in rows(chapter("The numbers"))[1:]:
        assert row[-1], row[0]


def test_the_decision_table_lists_every_rule_in_the_order_of_the_code() -> None:
    told = [row[0] for row in rows(chapter("The decision table"))[1:]]
    assert told == [*(rule.id for rule in RULES), "RAMP", "UP"]


def test_the_rules_that_cost_a_step_say_so() -> None:
    told = {row[0]: row[2] for row in rows(chapter("The decision table"))[1:]}
    assert {rule for rule, does in told.items() if "one step down" in does} == {
        rule.id for rule in RULES if rule.down
    }


def test_the_zones_are_listed_worst_first() -> None:
    assert [row[0] for row in rows(chapter("How a session was taken"))[1:]] == list(Zone)


def test_every_red_flag_stands_in_its_tier(library: Library) -> None:
    told = {tier: flags.split(", ") for tier, flags, _ in rows(chapter("Red flags"))[1:]}
    assert told == {
        tier: [id_ for id_, flag in library.red_flags.items() if flag.tier == tier]
        for tier in ("E", "U", "S")
    }


def test_the_share_of_a_phase_is_the_one_that_is_asked_for() -> None:
    assert f"{ENOUGH_OF_A_PHASE:.0%} of the phase's sessions" in PAPER


def examples() -> Iterator[Any]:
    for text in chapter("Ten worked decisions").split("\n### ")[1:]:
        yield pytest.param(text, id=json.loads(text.split("```")[1].removeprefix("json"))["id"])


def test_there_are_ten_worked_decisions() -> None:
    titles = re.findall(r"^### (\d+)\. \w", chapter("Ten worked decisions"), re.MULTILINE)
    assert titles == [str(number) for number in range(1, 11)]


@pytest.mark.parametrize("text", list(examples()))
def test_a_worked_decision_is_what_replay_prints(text: str, library: Library) -> None:
    line = text.split("```")[1].removeprefix("json").strip()
    result = CliRunner().invoke(replay, ["-"], input=line + "\n")
    assert (result.exit_code, result.stderr) == (0, "")
    decisions = json.loads(result.stdout)["decisions"]
    names = ("day", "zone", "move", "step", "dose", "alert", "why")
    printed = [[f"{d[n]:g}" if n == "dose" else str(d[n]) for n in names] for d in decisions]
    assert rows(text)[1:] == printed

    flags = json.loads(line)["sessions"][-1].get("red_flags", [])
    tiers = [library.red_flags[flag].tier for flag in flags]
    last = decisions[-1]
    assert dict(re.findall(r"^- (\w\w): (.+)$", text, re.MULTILINE)) == {
        language: red_flag_sentence(tiers, last["move"], last["rules"], language)
        for language in ("en", "es")
    }


def test_the_simulators_rows_are_what_it_prints() -> None:
    heading, *told = rows(chapter("What the simulator says"))
    arguments = re.search(r"`rehab simulate (.+?)`", chapter("What the simulator says"))
    assert arguments is not None
    result = CliRunner().invoke(simulate, arguments[1].split())
    printed = [re.split(r" {2,}", line.strip()) for line in result.stdout.splitlines()]
    columns = [printed[0].index(name) for name in heading]
    assert len(told) >= 10
    rest = [[row[column] for column in columns] for row in printed if len(row) == len(printed[0])]
    assert [row for row in told if row not in rest] == []
