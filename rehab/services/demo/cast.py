"""The cast of the demo clinic: a dozen made-up people, each with a course that teaches something.

Every number lies in a range that is kept free for fiction: Ofcom's 07700 900xxx, 555-01xx in
North America, and ACMA's list in Australia.
"""

from dataclasses import dataclass
from datetime import time

CLINIC_NAME, CLINIC_ZONE, CLINIC_PHONE = "Riverside", "Europe/London", "+442079460100"
CLINICIAN_NAME, CLINICIAN_EMAIL = "Ana Ruiz", "ana@riverside.example"


@dataclass(frozen=True, slots=True)
class Course:
    """How someone's pain went, 0-10, from the plan's start to now.

    The mean stays at `start` for `steady_for` days, then runs straight to `end`; days differ from
    it with a spread of `sd` (1.0-1.3 in real diaries; less where a demo must show one thing).
    `strain` is what a session adds at its worst, `aftermath` what of it is left next morning.
    `missed` and `mornings_missed` are shares of days. Counted back from now, a flare began
    `flare_ago` days, the last `silent_for` days brought no word, and `red_flag` was ticked at the
    first session within the last `red_flag_ago` days.
    """

    start: float
    end: float
    sd: float = 1.1
    strain: float = 0.4
    aftermath: float = 0.0
    effort: float = 4.5
    sleep: float = 6.5
    missed: float = 0.2
    mornings_missed: float = 0.15
    steady_for: int = 0
    flare_ago: int | None = None
    silent_for: int = 0
    red_flag: str | None = None
    red_flag_ago: int = 3


@dataclass(frozen=True, slots=True)
class Character:
    """One patient of the demo; `about` tells a visitor what there is to see.

    `unreviewed` is for how many days their clinician has not looked at proposals.
    """

    given_name: str
    family_name: str
    phone: str
    zone: str
    program_id: str
    usual_pain: int
    weeks: int
    course: Course
    about: str
    language: str = "en"
    autonomy: str = "ease"
    exercise_at: time = time(18)
    morning_at: time = time(8, 30)
    bedtime: time | None = None
    unreviewed: int = 0


CAST = (
    Character(
        "Grace",
        "Okafor",
        "+447700900101",
        "Europe/London",
        "lb-subacute-6w",
        usual_pain=4,
        weeks=5,
        course=Course(start=4.0, end=1.0, sd=0.9, strain=0.2, missed=0.05, mornings_missed=0.05),
        about="Recovering. Each step up waited for her physiotherapist's yes.",
    ),
    Character(
        "Tom",
        "Whitfield",
        "+447700900102",
        "Europe/London",
        "neck-desk-6w",
        usual_pain=4,
        weeks=4,
        course=Course(start=3.5, end=1.0, sd=0.5, strain=0.1, missed=0.0, mornings_missed=0.0),
        about="Recovering. A step up waits for his physiotherapist's click.",
        exercise_at=time(12, 15),
        unreviewed=15,
    ),
    Character(
        "Daniel",
        "Kowalczyk",
        "+12025550111",
        "America/New_York",
        "neck-sh-chronic-10w",
        usual_pain=4,
        weeks=8,
        course=Course(
            start=2.0,
            end=8.5,
            sd=0.7,
            strain=0.2,
            missed=0.05,
            mornings_missed=0.05,
            steady_for=28,
        ),
        about="Steady at first, now worse week by week: the plan steps back and a person is told.",
        exercise_at=time(17, 30),
    ),
    Character(
        "Eleanor",
        "Ashworth",
        "+447700900104",
        "Europe/London",
        "sh-6w",
        usual_pain=4,
        weeks=5,
        course=Course(start=4.0, end=3.0, missed=0.3, mornings_missed=0.25, silent_for=9),
        about="Silent: no word for nine days.",
        exercise_at=time(10, 30),
    ),
    Character(
        "Marcus",
        "Bell",
        "+12025550112",
        "America/New_York",
        "thigh-strain-3w",
        usual_pain=5,
        weeks=2,
        course=Course(start=4.5, end=3.5, missed=0.05, red_flag="RF06"),
        about="Ticked a red flag: the plan is paused until a person has looked.",
        exercise_at=time(7, 45),
        morning_at=time(9, 15),
    ),
    Character(
        "Priya",
        "Raman",
        "+61491570156",
        "Australia/Sydney",
        "thigh-graded-8w",
        usual_pain=3,
        weeks=6,
        course=Course(
            start=1.0,
            end=4.0,
            sd=0.9,
            strain=1.2,
            aftermath=1.5,
            effort=6.0,
            missed=0.05,
        ),
        about="Over-keen: hard sessions and sore mornings, so the next ones get shorter.",
        exercise_at=time(6, 30),
        morning_at=time(8),
    ),
    Character(
        "Jack",
        "Brennan",
        "+61491570157",
        "Australia/Sydney",
        "sh-6w",
        usual_pain=3,
        weeks=4,
        course=Course(start=3.0, end=2.0, sd=0.9, missed=0.05, mornings_missed=0.0, flare_ago=6),
        about="In a flare for six days: the plan eases off and keeps him moving.",
    ),
    Character(
        "Aroha",
        "Tamihana-Featherstonehaugh",
        "+61491570158",
        "Australia/Sydney",
        "wb-low-impact-12w",
        usual_pain=5,
        weeks=8,
        course=Course(start=4.6, end=4.3, sd=1.0, strain=0.2, sleep=5.5),
        about="Persistent pain that goes up and down: the plan moves slowly through the noise.",
        bedtime=time(22),
    ),
    Character(
        "Lucía",
        "Fernández Ibáñez",
        "+447700900109",
        "Europe/Madrid",
        "lb-chronic-12w",
        usual_pain=5,
        weeks=7,
        course=Course(start=5.0, end=3.8, missed=0.15),
        about="Texts in Spanish; graded activity for a long-standing sore back.",
        language="es",
        exercise_at=time(19, 30),
    ),
    Character(
        "José Luis",
        "Hernández-Villaseñor",
        "+12025550113",
        "America/New_York",
        "ub-6w",
        usual_pain=4,
        weeks=4,
        course=Course(start=3.5, end=1.5, sd=0.8, strain=0.2, missed=0.1, mornings_missed=0.05),
        about="Texts in Spanish; his plan may step up by itself inside signed bounds.",
        language="es",
        autonomy="bounded",
    ),
    Character(
        "Henry",
        "Liu",
        "+12025550114",
        "America/New_York",
        "lb-acute-2w",
        usual_pain=6,
        weeks=1,
        course=Course(start=5.5, end=3.0, missed=0.1),
        about="First week of an acute back; every change waits for his physiotherapist.",
        autonomy="advise",
        exercise_at=time(9),
        morning_at=time(8),
    ),
    Character(
        "Noor",
        "Haddad",
        "+447700900112",
        "Europe/London",
        "neck-acute-2w",
        usual_pain=5,
        weeks=0,
        course=Course(start=5.0, end=5.0),
        about="Brand new: assigned today, nothing reported yet.",
    ),
)
