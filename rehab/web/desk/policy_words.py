"""A policy in words, made from its own numbers: zones, the decision table, and every number."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from rehab.programs.policy import PainLimit, Policy, Reaction, Restart
from rehab.programs.program import Category
from rehab.programs.zones import REAL_RISE, Zone

Says = Callable[[Policy], str]


@dataclass(frozen=True, slots=True)
class Row:
    """A rule in words: when it binds, and what it then does; both may differ by policy."""

    binds: Says
    does: Says


def limit(value: PainLimit) -> str:
    most = f", {value.at_most} at most" if value.at_most < 10 else ""
    return f"{value.at_least}, or usual + {value.above_usual} if that is more{most}"


def reaction(value: Reaction) -> str:
    over = f"usual + {value.above_usual}" if value.above_usual else "usual"
    return f"rise of {value.rise}, and at {over} or more"


def restart(value: Restart) -> str:
    down = "to step 1" if value.levels_down is None else f"{value.levels_down} down"
    alert = f", alert {value.alert}" if value.alert else ""
    return f"after {value.from_days} days {down}, {value.dose:.0%} dose{alert}"


def share(dose: float) -> str:
    """A cap on the dose, in words."""
    return "a recovery session" if dose == 0 else f"{dose:.0%} of the dose at most"


def _restarts(policy: Policy) -> str:
    return "; ".join(restart(each) for each in policy.restarts)


def _settled(policy: Policy) -> str:
    usual = policy.good_sessions[Category.STRENGTHENING]
    others = {c: n for c, n in policy.good_sessions.items() if n != usual}
    told = ", ".join(f"{category} {n}" for category, n in others.items())
    return f"{usual} ({told})" if told else f"{usual}"


def _before(policy: Policy) -> str:
    limits = policy.before_session
    cuts = ", ".join(f"{cut.dose:.0%} from usual + {cut.above_usual}" for cut in limits.cuts)
    return f"{cuts}; none from {limits.rest_at} or when severe"


def _flag(policy: Policy) -> str:
    if policy.tier_s_pauses:
        return "pauses the whole plan"
    return "pauses the whole plan; a flag of tier S only closes the step up until somebody looks"


def _after_reaction(policy: Policy) -> str:
    factor = policy.reaction_dose_factor
    return "no step up, the same dose" if factor == 1 else f"no step up, {factor:.0%} of the dose"


NUMBERS: Mapping[str, Says] = {
    "Red limit, during or after": lambda p: limit(p.red_limit),
    "Green limit, during or after": lambda p: limit(p.green_limit),
    "Severe, any rating": lambda p: f"{p.severe.at_least}, and usual + {p.severe.above_usual}",
    "Reaction, next morning": lambda p: reaction(p.reaction),
    "Red morning": lambda p: f"{reaction(p.red_morning.reaction)}; or {p.red_morning.always_at}",
    "Settled sessions for a step up": _settled,
    "Days between steps up": lambda p: f"{p.days_between_steps_up}",
    "Days after a bad or hard session": lambda p: f"{p.cooldown_days}",
    "Done, at least": lambda p: f"{p.completion}%",
    "Effort, at most": lambda p: f"{p.effort}",
    "Sleep, low at": lambda p: f"{p.sleep_gate} or less",
    "Dose after a red session": lambda p: f"{p.dose_after_red:.0%}",
    "Dose after a second red in three": lambda p: f"{p.dose_after_two_reds:.0%} at most",
    "Dose after a reaction": lambda p: f"{p.reaction_dose_factor:.0%} of what it was",
    "Dose won back each time": lambda p: f"{p.ramp:.0%}",
    "Back after a break": _restarts,
    "Pain before, today only": _before,
    "A week's median morning": lambda p: (
        f"worse from usual + {p.weekly.worse}, creeping from usual + {p.weekly.creeping}; "
        f"{p.weekly.mornings} mornings or more"
    ),
}
"""Each number of a policy by what it is called."""

ZONES: Mapping[Zone, Callable[[Policy, float], str]] = {
    Zone.SEVERE: lambda p, u: (
        f"any rating of {max(p.severe.at_least, u + p.severe.above_usual):g} or more"
    ),
    Zone.RED: lambda p, u: (
        f"during or after above {p.red_limit.for_usual(u):g}; or a next morning with a "
        f"{reaction(p.red_morning.reaction)}, or at {p.red_morning.always_at} or more"
    ),
    Zone.REACT: lambda p, _: f"a next morning with a {reaction(p.reaction)}",
    Zone.AMBER_PLUS: lambda *_: f"next morning up by {REAL_RISE} or more, not clearly over usual",
    Zone.AMBER: lambda p, u: (
        f"during or after above {p.green_limit.for_usual(u):g}, or up by {REAL_RISE}; effort above "
        f"{p.effort}; less than {p.completion}% done; pain in a new area"
    ),
    Zone.UNKNOWN: lambda *_: "a rating is missing, and nothing above fits",
    Zone.GREEN: lambda *_: "all else: a settled session",
}
"""When a session falls in each zone, the worst first, for a person with this usual pain (0-10)."""


def _fixed(binds: str, does: str) -> Row:
    return Row(lambda _: binds, lambda _: does)


def _down(policy: Policy) -> str:
    return f"one step down, {share(policy.dose_after_two_reds)}, alert 2"


NO_UP, NO_MORE = "no step up", "no step up, no more dose"

RULES: Mapping[str, Row] = {
    "R0": Row(lambda _: "a red flag is open, or the plan is paused", _flag),
    "R1": _fixed("severe pain", "a recovery session, one step down, alert 2"),
    "R2": _fixed("pain in a new area", f"{NO_MORE}, alert 2"),
    "R3": Row(lambda _: "a red session", lambda p: share(p.dose_after_red)),
    "R3b": Row(lambda _: "the second red session in three", _down),
    "R4": Row(lambda _: "a reaction next morning", _after_reaction),
    "R4b": _fixed("this session is bad, and so was another of the last three", "one step down"),
    "R5": Row(
        lambda p: f"last week's median morning {p.weekly.worse} or more over usual",
        lambda _: f"{NO_UP} this week, alert 2",
    ),
    "R5b": _fixed(
        "the same two weeks running", "one step down with the week's first session, alert 2"
    ),
    "R5c": Row(
        lambda p: f"two weeks {p.weekly.creeping} or more over usual",
        lambda _: f"{NO_UP} this week",
    ),
    "R6": Row(
        lambda p: f"the first session after a break of {p.restarts[0].from_days} days or more",
        _restarts,
    ),
    "R7": _fixed("too sore or too hard in two of three sessions", "one step down"),
    "R8": Row(
        lambda _: "pain before a session",
        lambda p: f"that day's dose only: {_before(p)}",
    ),
    "R9": _fixed("a rating is missing", NO_MORE),
    "R10": Row(lambda _: f"a real rise of pain: {REAL_RISE} points or more", lambda _: NO_MORE),
    "R11": Row(
        lambda p: f"the median of the last three sleep ratings is {p.sleep_gate} or less",
        lambda _: NO_UP,
    ),
    "R12": _fixed("locked by the clinician, or at the highest step", NO_UP),
    "R13": Row(
        lambda p: f"less than {p.completion}% done, for lack of time or forgotten",
        lambda _: f"{NO_UP}, never a step back",
    ),
    "HARD": _fixed(
        "too sore or too hard, once", f"{NO_UP}; the count of settled sessions begins anew"
    ),
    "EFFORT": Row(lambda p: f"effort above {p.effort}", lambda _: NO_UP),
    "LIMIT": _fixed("over the green limit without a real rise", NO_UP),
    "STREAK": Row(
        lambda p: f"settled, but not {_settled(p)} times in a row at full dose yet",
        lambda _: NO_UP,
    ),
    "INTERVAL": Row(
        lambda p: f"settled, less than {p.days_between_steps_up} days after the last step up",
        lambda _: NO_UP,
    ),
    "COOLDOWN": Row(
        lambda p: f"settled, less than {p.cooldown_days} days after a bad or hard session",
        lambda _: NO_UP,
    ),
    "RAMP": Row(
        lambda _: "no real rise and nothing missing, below full dose",
        lambda p: f"the dose comes back by {p.ramp:.0%}",
    ),
    "UP": _fixed("none of the above, often enough", "one step up"),
}
"""The decision table, in its order; R8 stands beside it, and RAMP and UP are what it allows."""


def table(policies: Mapping[str, Policy]) -> list[tuple[str, list[str], list[str]]]:
    """Each rule with when it binds and what it does: one text where the policies agree, else one
    for each."""
    return [
        (id_, _said(row.binds, policies), _said(row.does, policies)) for id_, row in RULES.items()
    ]


def _said(says: Says, policies: Mapping[str, Policy]) -> list[str]:
    told = {name: says(policy) for name, policy in policies.items()}
    if len(set(told.values())) == 1:
        return [next(iter(told.values()))]
    return [f"{name.capitalize()}: {words}" for name, words in told.items()]
