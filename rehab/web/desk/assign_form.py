"""The form of an intake: what it begins with, and what was typed into it, understood."""

import re
from collections.abc import Collection
from datetime import date, time
from uuid import uuid4

from babel.core import get_global
from babel.languages import get_official_languages
from werkzeug.datastructures import MultiDict

from rehab.errors import Invalid
from rehab.models.clinic import Clinic
from rehab.models.patient import Patient
from rehab.programs.library import Library
from rehab.programs.program import Track
from rehab.programs.timezones import is_zone
from rehab.services import consent, intake
from rehab.services.course import ADVISE, BOUNDED, EASE
from rehab.services.enrolment import LANGUAGES
from rehab.services.intake import Intake
from rehab.services.newcomers import Newcomer
from rehab.services.phones import from_dialled, region_of
from rehab.services.plans import Assignment
from rehab.web.desk.form_key import key_of
from rehab.web.patient.times import read

UNITS = {"days": 1 / 7, "weeks": 1.0, "months": 52 / 12, "years": 52.0}
"""How many weeks each is."""

AGREED = {"in_person": consent.CLINIC, "by_phone": consent.PHONE}
"""How texts were agreed to, and the channel that goes on the record."""

COUNT = re.compile(r"[0-9]{1,3}(\.[0-9])?")
"""How long it has hurt, in units: 3, 2.5."""

LONGEST_NAME, LONGEST_NOTE = 80, 2000

Said = MultiDict[str, str]


def beginning(clinic: Clinic, program_id: str, today: date) -> Said:
    """What stands in the form before anything is typed."""
    return MultiDict(
        {
            "key": str(uuid4()),
            "zone": clinic.zone,
            "language": _language(clinic),
            "lasted_unit": "weeks",
            "program_id": program_id,
            "starts_on": today.isoformat(),
            "exercise_at": "18:00",
            "morning_at": "08:30",
            "autonomy": EASE,
            "floor": "1",
        }
    )


def region(clinic: Clinic) -> str:
    """The region (two letters) in which the clinic's patients dial: its own number's, or that of
    its zone."""
    found = region_of(clinic.phone) if clinic.phone else "ZZ"
    if found != "ZZ":
        return found
    return str(get_global("zone_territories").get(clinic.zone, "ZZ"))


def understood(said: Said, clinic: Clinic, patient: Patient | None, library: Library) -> Intake:
    """What was typed. Raises Invalid with all that is wrong with it, by field."""
    form = _Form(said)
    form.must(bool(said.get("asked")), "asked", "ask them, and tick this")
    who = patient or _newcomer(form, clinic)
    wish = _wish(form)
    read_so_far = Intake(
        key=key_of(said),
        who=who,
        wish=wish,
        lasted=_lasted(form),
        red_flags=tuple(said.getlist("red_flags")),
        looked_at=bool(said.get("looked_at")),
        found=form.text("found", LONGEST_NOTE),
        agreed=AGREED.get(said.get("agreed", "")),
        running=said.get("running", ""),
    )
    if patient is None or not patient.sms_consent:
        form.must(said.get("agreed") in (*AGREED, "no"), "agreed", "say what was agreed")
    if form.faults:
        raise Invalid({**_other_faults(form, clinic, read_so_far, library), **form.faults})
    return read_so_far


def anew(said: Said) -> Said:
    """The same under a key of its own: sent again, it is another intake."""
    again = MultiDict(said)
    again["key"] = str(uuid4())
    return again


def weeks_of(said: Said) -> float | None:
    """For how many weeks it has hurt, if that was said."""
    count = said.get("lasted", "").strip().replace(",", ".")
    if not COUNT.fullmatch(count):
        return None
    return float(count) * UNITS.get(said.get("lasted_unit", ""), 1)


def _other_faults(
    form: "_Form", clinic: Clinic, said: Intake, library: Library
) -> dict[str, list[str]]:
    """What the clinic would object to, told at once with what could not be read."""
    faults = intake.faults(clinic, said, library)
    if "phone" in form.faults:
        faults.pop("phone", None)
    return faults


class _Form:
    """The fields as they are read one after the other, and what is wrong with each."""

    def __init__(self, said: Said) -> None:
        self.said = said
        self.faults: dict[str, list[str]] = {}

    def must(self, holds: bool, field: str, words: str) -> None:
        if not holds:
            self.faults[field] = [words]

    def text(self, field: str, longest: int) -> str:
        return self.said.get(field, "")[:longest].replace("\0", "").strip()

    def one_of(self, field: str, options: Collection[str], words: str) -> str:
        found = self.said.get(field, "")
        self.must(found in options, field, words)
        return found

    def clock_time(self, field: str) -> time:
        found = read(self.said.get(field, ""))
        self.must(found is not None, field, "write a time, such as 18:30")
        return found or time(0)

    def whole(self, field: str, least: int, most: int, words: str) -> int | None:
        found = self.said.get(field, "").strip()
        is_number = found.isascii() and found.isdecimal() and len(found) < 6
        self.must(is_number and least <= int(found) <= most, field, words)
        return int(found) if is_number else None

    def day(self, field: str) -> date | None:
        try:
            return date.fromisoformat(self.said.get(field, ""))
        except ValueError:
            self.must(False, field, "write a date")
            return None


def _newcomer(form: _Form, clinic: Clinic) -> Newcomer:
    given, family = form.text("given_name", LONGEST_NAME), form.text("family_name", LONGEST_NAME)
    form.must(bool(given) and given.isprintable(), "given_name", "say what they are called")
    form.must(family.isprintable(), "family_name", "must have printable characters")
    form.must(is_zone(form.said.get("zone", "")), "zone", "choose where they live")
    try:
        phone = from_dialled(form.text("phone", 40), region(clinic))
    except Invalid as error:
        form.faults |= error.errors
        phone = ""
    return Newcomer(
        given_name=given,
        family_name=family,
        phone=phone,
        zone=form.said.get("zone", ""),
        language=form.one_of("language", LANGUAGES, "choose a language"),
        shares_phone=bool(form.said.get("phone")) and _same(form.said, "shares_phone", "phone"),
    )


def _same(said: Said, one: str, other: str) -> bool:
    """A tick that is about a number holds for that number, and not for the next one typed."""
    return said.get(one) == said.get(other)


def _lasted(form: _Form) -> str:
    form.must(weeks_of(form.said) is not None, "lasted", "say how long it has hurt")
    count, unit = form.text("lasted", 8), form.one_of("lasted_unit", UNITS, "choose a unit")
    return f"{count} {unit.removesuffix('s') if count == '1' else unit}"


def _wish(form: _Form) -> Assignment:
    said = form.said
    pain = form.whole("usual_pain", 0, 10, "choose a number from 0 to 10")
    form.must(bool(said.get("program_id")), "program_id", "choose a program")
    bedtime = form.clock_time("bedtime") if said.get("bedtime", "").strip() else None
    weekdays = tuple(int(day) for day in said.getlist("weekdays") if day in set("0123456"))
    ceiling = None
    if said.get("ceiling", "").strip():
        ceiling = form.whole("ceiling", 1, 20, "a step from 1 to 20, or nothing")
    return Assignment(
        program_id=said.get("program_id", ""),
        usual_pain=pain or 0,
        track=_track(form),
        starts_on=form.day("starts_on"),
        weekdays=weekdays,
        autonomy=form.one_of("autonomy", (ADVISE, EASE, BOUNDED), "choose who decides"),
        exercise_at=form.clock_time("exercise_at"),
        morning_at=form.clock_time("morning_at"),
        bedtime=bedtime,
        floor=form.whole("floor", 1, 20, "a step from 1 to 20") or 1,
        ceiling=ceiling,
    )


def _track(form: _Form) -> Track:
    """The clinician's own choice, or what the length of the pain proposes."""
    chosen = form.said.get("track", "")
    if chosen in (Track.ACUTE, Track.CHRONIC):
        return Track(chosen)
    return intake.proposed_track(weeks_of(form.said) or 0)


def _language(clinic: Clinic) -> str:
    """What is spoken where the clinic is, if it is one of ours."""
    spoken = get_official_languages(region(clinic), de_facto=True)
    return next((language for language in spoken if language in LANGUAGES), LANGUAGES[0])
