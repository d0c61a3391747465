"""The library that ships: what it holds, and the numbers it was published with."""

import re
import time

import pytest

from rehab.notifications.gsm7 import septets
from rehab.notifications.messages import blanks, longest
from rehab.programs.dosage import Category
from rehab.programs.library import Library, read_library, shipped_folder
from rehab.programs.program import Program, Track

LOAD_INDICES = """
neck-rotation 70 112 140 210 252
neck-side-bend 70 140 210 315 420
neck-levator 70 140 210 315 420
neck-flexion 70 140 210 315
neck-chin-tuck 25 40 66.67 116.67 186.67
neck-iso-4way 10 18 29.4 50.4 64.8
neck-head-lift 9 15 24 36 60
sh-rolls 70 112 140 210 252
sh-pendulum 70 140 210 280
sh-table-slide 70 112 140 210 252
sh-cross-body 70 140 210 315 420
sh-pec-doorway 70 140 210 315 420
sh-wall-slide 24 39.6 64.8 100.8
sh-iso-abd 15 25 40 64
sh-band-er 24 36 57.6 96 144
sh-band-row 24 36 54 93.6 140.4
sh-lateral-raise 24 36 60 93.6 135
sh-shrug 24 39.6 64.8 108 172.8
sh-wall-pushup 18 27 46.2 75.6 126
ub-thoracic-ext 70 112 140 210 252
ub-seated-rotation 70 112 140 210 252
ub-open-book 63 105 168 280
ub-cat-cow 70 84 140 210
ub-childs-pose 140 210 315 420 630
ub-thread-needle 70 140 210 315 420
ub-scap-squeeze 30 50 80 133.33
ub-band-pull-apart 24 36 60 93.6 140.4
ub-prone-y 15 23.4 36 57.6
ub-reverse-fly 18 30 52.8 78 126
lb-knee-chest 70 140 210 315 420
lb-double-knee 140 210 315 420 630
lb-trunk-rotation 70 112 140 210 252
lb-pelvic-tilt 30 50 80 133.33
lb-press-up 42 70 84 112 140
lb-stand-ext 70 112 140 210
lb-seated-flex 70 140 210 315
lb-bridge 18 30 52.8 78 126
lb-bird-dog 15 19.8 33 52.8 90
lb-dead-bug 18 30 52.8 72 108
lb-side-plank 15 24 40 64 80
lb-curl-up 12 18 30 48
lb-hip-hinge 18 30 48 78 126
hip-figure4 70 140 210 315 420
hip-flexor 70 140 210 315 420
hip-adductor 140 210 315 420 630
hip-clamshell 24 36 60 86.4 140.4
hip-side-lift 18 30 48 72 108
hip-stand-abd 24 36 60 86.4
th-heel-slide 70 112 140 210
th-quad-stretch 70 140 210 315 420
th-ham-stretch 70 140 210 315 420
th-quad-set 50 83.33 133.33 200
th-ham-iso 20 30 50 86.4
th-slr 18 30 48 72 108
th-adductor-squeeze 30 50 80 130
th-sit-stand 15 26.4 39.6 57.6 93.6
th-mini-squat 18 30 52.8 78 126
th-wall-sit 18 32 50 80 120
th-step-up 15 24 39.6 62.4 100.8
th-split-squat 10 16 26.4 38.4
th-ham-bridge 10 16 26.4 38.4 62.4
ca-ankle-pump 70 105 140 210
ca-gastroc 70 140 210 315 420
ca-soleus 70 140 210 315 420
ca-heel-raise 24 39.6 66 100.8 153
li-walk 25 40 60 90 120 150
li-interval-walk 32.4 43.2 54 75.6
li-march 10 15 20 30 40
li-cycle 15 24 36 56 80 120
li-swim 16 24 32 40 50 75
li-water-walk 16 24 32 40 50 75
li-chair-yoga 18 27 36 45 60
li-yoga 20 28 36 48 60
li-tai-chi 18 27 36 48 60
li-elliptical 16.5 26.4 36.3 49.5 66
rx-breathing 21 35 49 70
rx-paced 14 28 42 56
rx-body-scan 25 40 60 75
rx-pmr 25 40 60 75
rx-imagery 20 32 40 48
rx-wind-down 50 120 210
sc-warm-pack 70 105 140
sc-ball-massage 4 8 15
sc-microbreak 5 10 20
"""

DAYS = {
    "lb-acute-2w": (5, 14),
    "lb-subacute-6w": (14, 28, 42),
    "lb-chronic-12w": (7, 42, 70, 84),
    "neck-acute-2w": (4, 14),
    "neck-desk-6w": (14, 28, 42),
    "neck-sh-chronic-10w": (14, 42, 70),
    "sh-6w": (14, 28, 42),
    "ub-6w": (14, 28, 42),
    "thigh-strain-3w": (5, 21),
    "thigh-graded-8w": (14, 35, 56),
    "wb-low-impact-12w": (21, 56, 84),
    "wb-flare-1w": (7,),
    "sleep-4w": (7, 14, 21, 28),
}
"""The last day of each phase."""

SESSIONS = {
    "lb-acute-2w": 5,
    "lb-subacute-6w": 3,
    "lb-chronic-12w": 3,
    "neck-acute-2w": 7,
    "neck-desk-6w": 5,
    "neck-sh-chronic-10w": 5,
    "sh-6w": 3,
    "ub-6w": 4,
    "thigh-strain-3w": 7,
    "thigh-graded-8w": 3,
    "wb-low-impact-12w": 4,
    "wb-flare-1w": 7,
    "sleep-4w": 7,
}

REPLIES = [
    "rp.help",
    "rp.stopped",
    "rp.started",
    "rp.consent",
    "rp.after",
    "rp.thanks",
    "rp.noted_morning",
    "rp.clinic",
    "rp.confirm_stop",
    "rp.again",
    "rp.safety",
    "rp.nothing_due",
    "rp.later",
    "rp.skip",
    "rp.sore",
    "rp.busy",
    "rp.forgot",
]


def test_the_library_holds_what_it_says(library: Library) -> None:
    assert len(library.exercises) == 84
    assert len(library.programs) == 13
    assert set(library.policies) == {"acute", "chronic"}
    assert [f"RF{n:02}" for n in range(1, 20)] == sorted(library.red_flags)
    assert set(library.see_doctor) == {"SD1", "SD2", "SD3"}
    assert set(library.tiers) == {"E", "U", "S"}
    assert len(library.cautions) == 24
    assert set(library.messages) == {"en", "es"}


@pytest.mark.parametrize("row", LOAD_INDICES.split("\n")[1:-1], ids=lambda row: row.split()[0])
def test_a_ladder_has_its_published_load_indices(library: Library, row: str) -> None:
    id_, *published = row.split()
    exercise = library.exercises[id_]
    indices = [level.load_index(exercise.category) for level in exercise.levels]
    assert indices == [float(index) for index in published]


def test_every_exercise_is_in_the_published_table(library: Library) -> None:
    assert {row.split()[0] for row in LOAD_INDICES.split("\n")[1:-1]} == set(library.exercises)


def test_every_word_for_an_exercise_stands_alone(library: Library) -> None:
    for exercise in library.exercises.values():
        for sentence in (exercise.start, exercise.movement):
            assert sentence[0].isupper()
            assert sentence.endswith(".")
            assert "as above" not in sentence.lower()


def test_both_sides_are_said_on_every_level_or_on_none(library: Library) -> None:
    for exercise in library.exercises.values():
        assert len({level.each_side for level in exercise.levels}) == 1, exercise.id
        assert not any("each side" in level.note for level in exercise.levels)
    one_sided = {"th-step-up", "th-slr", "hip-side-lift", "lb-side-plank", "ca-gastroc"}
    assert all(library.exercises[id_].level(1).each_side for id_ in one_sided)
    assert not library.exercises["lb-bridge"].level(1).each_side


def test_the_phases_end_on_the_days_they_were_published_with(library: Library) -> None:
    ends = {p.id: tuple(phase.to_day for phase in p.phases) for p in library.programs.values()}
    assert ends == DAYS
    assert {p.id: p.sessions_per_week for p in library.programs.values()} == SESSIONS


def test_walking_and_mobility_are_offered_between_sessions_where_said(library: Library) -> None:
    between = {p.id: p.between_sessions for p in library.programs.values() if p.between_sessions}
    assert between == {
        "lb-subacute-6w": (Category.LOW_IMPACT,),
        "lb-chronic-12w": (Category.LOW_IMPACT,),
        "sh-6w": (Category.STRETCHING,),
    }


def test_every_track_has_programs_and_every_program_survives_its_copy(library: Library) -> None:
    assert {program.track for program in library.programs.values()} == set(Track)
    for program in library.programs.values():
        assert Program.from_dict(program.as_dict()) == program
    assert len({program.version for program in library.programs.values()}) == 13


def test_a_scaled_level_keeps_to_its_dose_all_over_the_library(library: Library) -> None:
    for exercise in library.exercises.values():
        for level in exercise.levels:
            three_quarters = level.scaled(0.75, exercise.category)
            half = level.scaled(0.5, exercise.category)
            assert three_quarters is not None
            assert half is not None
            full = level.load_index(exercise.category)
            assert half.load_index(exercise.category) <= full
            assert three_quarters.load_index(exercise.category) <= full


def test_what_comes_from_memory_is_said(library: Library) -> None:
    unread = {id_ for id_, source in library.evidence.items() if not source.read}
    assert unread == {"thomee-1997", "hayden-2021", "usual-practice"}
    assert "from memory" in library.red_flags["RF05"].source
    assert not any("[" in flag.source for flag in library.red_flags.values())


def test_all_texts_are_there_in_both_languages(library: Library) -> None:
    english, spanish = library.messages["en"], library.messages["es"]
    assert len(english) == 41 + len(REPLIES)
    assert set(REPLIES) <= set(english)
    assert set(spanish) == set(english)
    for key in english:
        assert english[key] != spanish[key]
        assert set(blanks(spanish[key])) == set(blanks(english[key]))


@pytest.mark.parametrize("language", ["en", "es"])
def test_every_text_fits_in_one_plain_message_with_the_clinics_name(
    library: Library, language: str
) -> None:
    lengths = {key: septets(longest(text)) for key, text in library.messages[language].items()}
    assert {key: n for key, n in lengths.items() if n is None or n > 160} == {}


def test_no_text_names_a_diagnosis_or_asks_for_a_carriers_word(library: Library) -> None:
    for texts in library.messages.values():
        for key, text in texts.items():
            assert not re.search(r"\b(YES|END|CANCEL|QUIT)\b", text), key
            assert not re.search(r"myalgia|diagnos|strain|flare", text, re.IGNORECASE) or (
                key == "sl.calm3"  # "take the strain off": a pillow's, not the patient's
            )


def test_the_ways_out_are_told_where_they_must_be(library: Library) -> None:
    for texts in library.messages.values():
        for key in ("ex.today", "rp.help", "rp.started", "rp.consent", "rp.confirm_stop"):
            assert "STOP" in texts[key]
        assert "START" in texts["rp.stopped"]
        for key in ("pl.pause", "rf.generic", "rp.clinic", "rp.safety"):
            assert "112/911/999" in texts[key]
            assert "{tel}" in texts[key]


def test_the_version_is_that_of_the_content(library: Library) -> None:
    assert read_library(shipped_folder()).version == read_library().version == library.version


def test_reading_takes_less_than_a_second() -> None:
    began = time.process_time()
    read_library()
    assert time.process_time() - began < 1
