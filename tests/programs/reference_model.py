"""The law of progression written out once more, naively and in the order of its sentences.

It shares nothing with `rehab.programs` and knows only the two shipped policies. Sessions are plain
dicts as `rehab replay` reads them, with every field present.
"""

from typing import Any

NUMBERS: dict[str, dict[str, Any]] = {
    "acute": {
        "red": 1, "severe": 8, "severe_over": 2, "guard": 0, "cool": 4, "completion": 90,
        "effort": 6, "red_dose": 0.0, "react": 0.8, "ramp": 0.5, "s_pauses": True,
    },
    "chronic": {
        "red": 2, "severe": 9, "severe_over": 3, "guard": 1, "cool": 7, "completion": 80,
        "effort": 7, "red_dose": 0.5, "react": 1.0, "ramp": 0.25, "s_pauses": False,
    },
}  # fmt: skip
NEEDED = {"stretching": 4, "strengthening": 3, "low-impact": 3, "relaxation": 3, "self-care": 3}
TIERS = {"RF04": "E", "RF07": "U", "RF12": "S"}


def middle(numbers: list[Any]) -> float:
    ordered = sorted(numbers)
    n = len(ordered)
    return (ordered[(n - 1) // 2] + ordered[n // 2]) / 2


def zone_of(s: dict[str, Any], usual: float, p: dict[str, Any], category: str) -> str:
    if category in ("relaxation", "self-care"):
        return "amber" if s["completion"] < p["completion"] else "green"
    b, u, a, m = s["before"], s["during"], s["after"], s["morning"]
    ref = min(usual, b)
    for rating in (b, u, a, m):
        if rating is not None and rating >= p["severe"] and rating >= usual + p["severe_over"]:
            return "severe"
    red_limit = min(8, max(5, usual + p["red"]))
    if u > red_limit or a > red_limit:
        return "red"
    react = False
    if m is not None:
        react = m - ref >= 2 and m >= usual + p["guard"]
        red = (m - ref >= 3 and m >= usual + p["guard"]) or m >= 9
        if red and category == "strengthening" and s["doms"] and m <= 5:
            red, react = False, True
        if red:
            return "red"
    if react:
        return "react"
    if m is not None and m - ref >= 2:
        return "amber_plus"
    green_limit = max(3, usual + 1)
    if (
        u > green_limit
        or a > green_limit
        or u - ref >= 2
        or a - ref >= 2
        or s["effort"] > p["effort"]
        or s["completion"] < p["completion"]
        or s["spread"]
    ):
        return "amber"
    return "unknown" if m is None else "green"


def weekly_of(earlier: list[dict[str, Any]], day: int, usual: float) -> tuple[bool, bool, bool]:
    week = day // 7
    medians = []
    for w in range(week):
        mornings = [
            s["morning"] for s in earlier if s["day"] // 7 == w and s["morning"] is not None
        ]
        if len(mornings) >= 3:
            medians.append(middle(mornings))
    r5 = bool(medians) and medians[-1] >= usual + 2
    r5b = len(medians) >= 2 and medians[-1] >= usual + 2 and medians[-2] >= usual + 2
    r5c = len(medians) >= 2 and medians[-1] >= usual + 1 and medians[-2] >= usual + 1
    return r5, r5b, r5c


def replayed(case: dict[str, Any]) -> list[dict[str, Any]]:
    p, usual, category = NUMBERS[case["track"]], case["usual_pain"], case["category"]
    floor, ceiling = case["floor"], case["ceiling"]
    alone = category in ("relaxation", "self-care")
    step, dose = case["step"], case["dose"]
    streak, last_up, last_bad, last_day = 0, None, None, None
    marks: list[str] = []
    hards: list[bool] = []
    sleep: list[int] = []
    paused = review = False
    out = []
    for i, s in enumerate(case["sessions"]):
        day = s["day"]
        old_step, old_dose = step, dose
        alert = 0
        # 1. the gap
        gap = None if last_day is None else day - last_day
        back = gap is not None and gap >= 7 and not alone
        if back:
            if gap < 14:
                step, dose = step - 1, min(dose, 0.75)
            elif gap < 28:
                step, dose = step - 2, min(dose, 0.5)
            else:
                step, dose, alert = 1, min(dose, 0.5), 2
            step = max(step, floor)
            streak, marks, hards = 0, [], []
        # 2. the zone
        zone = zone_of(s, usual, p, category)
        bad = zone in ("severe", "red", "react")
        # 3. the marks
        marks = [*marks, {"severe": "R", "red": "R", "react": "A"}.get(zone, "")][-3:]
        hards = [*hards, s["hard"]][-3:]
        if s["sleep"] is not None:
            sleep = [*sleep, s["sleep"]][-3:]
        # 4. the caps
        tiers = [TIERS[flag] for flag in s["red_flags"]]
        if "E" in tiers or "U" in tiers:
            paused, alert = True, 3
        if "S" in tiers:
            alert = max(alert, 2)
            if p["s_pauses"]:
                paused = True
            else:
                review = True
        spread = s["spread"] and not alone
        ref = min(usual, s["before"])
        caps, dose_caps = [step], [1.0]
        if paused or review:
            dose_caps.append(dose)
        if zone == "severe":
            caps.append(step - 1)
            dose_caps.append(0.0)
            alert = max(alert, 2)
        if zone == "red":
            dose_caps.append(p["red_dose"])
        if marks.count("R") >= 2:
            caps.append(step - 1)
            dose_caps.append(0.5)
            alert = max(alert, 2)
        if zone == "react":
            dose_caps.append(dose * p["react"])
        if bad and sum(mark != "" for mark in marks) >= 2:
            caps.append(step - 1)
            dose_caps.append(dose)
        if s["hard"] and sum(hards) >= 2:
            caps.append(step - 1)
        if spread:
            dose_caps.append(dose)
            alert = max(alert, 2)
        r5 = r5b = r5c = False
        if case["weekly"] and not alone:
            first = last_day is None or last_day // 7 != day // 7
            r5, r5b, r5c = weekly_of(case["sessions"][:i], day, usual)
            if r5 and first:
                alert = max(alert, 2)
            if r5b and first:
                caps.append(step - 1)
        if bad:
            dose_caps.append(dose)
        # 5. the ramp
        target = dose
        if alone:
            target = min(1.0, dose + p["ramp"])
        elif zone in ("green", "amber") and s["morning"] is not None:
            calm = max(s["during"], s["after"]) - ref < 2
            target = min(1.0, dose + p["ramp"]) if calm else dose
        new_dose = round(min([target, *dose_caps]), 6)
        # 6. good
        good = zone == "green" and dose == 1.0
        if bad or s["hard"]:
            streak, last_bad = 0, day
        elif good:
            streak += 1
        # 7. up
        up = (
            good
            and streak >= NEEDED[category]
            and (last_up is None or day - last_up >= 7)
            and (last_bad is None or day - last_bad >= p["cool"])
            and (alone or not sleep or middle(sleep) > 3)
            and not spread
            and not paused
            and not review
            and not case["locked"]
            and step < ceiling
            and not back
            and min(caps) == step
            and not (r5 or r5b or r5c)
            and new_dose == 1.0
        )
        # 8. and 9. the step, and a fresh window
        if up:
            step, last_up = step + 1, day
            streak, marks, hards = 0, [], []
        elif min(caps) < step:
            step = max(floor, min(caps))
            streak, marks, hards = 0, [], []
        dose, last_day = new_dose, day
        if step > old_step:
            move = "progress"
        elif paused:
            move = "pause"
        elif step < old_step and dose == 0:
            move = "rest_regress"
        elif step < old_step:
            move = "regress"
        elif dose == 0:
            move = "rest"
        elif dose < old_dose:
            move = "deload"
        else:
            move = "hold"
        out.append(
            {"day": day, "zone": zone, "move": move, "step": step, "dose": dose,
             "alert": alert, "paused": paused}
        )  # fmt: skip
    return out
