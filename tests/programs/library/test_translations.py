"""Translations are whole, keep the numbers, and name their faults by file and field."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from rehab.programs.library import Library, read_library, shipped_folder

Spoil = Callable[[str, str, str], None]
Faults = Callable[..., list[str]]

EXERCISES = "translations/es/exercises.yaml"
PROGRAMS = "translations/es/programs.yaml"
SAFETY = "translations/es/safety.yaml"

ALIKE = {"1 kg", "1-2 kg", "10 cm", "15 cm", "20 cm", "abdomen", "Base"}
"""What is the same in both languages."""

NOT_OURS = re.compile(
    r"\b(usted(es)?|vuestr\w+|(sién|acués|leván|pón|detén|arrodíll)\w*[eg][ant]?se"
    r"|cog[eé]\w*|coja|(tumb|sent|acost|recost)ad[oa])\b",
    re.IGNORECASE,
)
"""Words that address the patient formally, that offend in some country, or that take a gender."""

UNACCENTED = re.compile(
    r"\b(mas|despues|musculo\w*|dia|dias|rotacion|extension|flexion|posicion|ultim[ao]s?|menton"
    r"|estomago|hinchazon|corazon|presion|operacion|rapido|senal\w*|ano|anos|manana|nino)\b",
    re.IGNORECASE,
)
"""Words that are misspelt without their accent or tilde."""


def test_the_spanish_is_spanish(library: Library) -> None:
    spanish = library.translations["es"]
    assert {source for source, text in spanish.items() if source == text} == ALIKE
    for text in spanish.values():
        assert not NOT_OURS.search(text), text
        assert not UNACCENTED.search(text), text
        assert text.count("(") == text.count(")")


def test_a_sentence_stays_a_sentence_and_a_label_a_label(library: Library) -> None:
    for source, text in library.translations["es"].items():
        assert text.endswith(".") == source.endswith("."), text
        assert ("?" in text) == ("?" in source), text
        assert text.count("¿") == text.count("?")
        first, written = source.strip("¿")[0], text.strip("¿")[0]
        if first.isalpha() and written.isalpha():
            assert first.isupper() == written.isupper(), text


def test_cues_stay_short_enough_for_a_phone(library: Library) -> None:
    spanish = library.translations["es"]
    for exercise in library.exercises.values():
        assert len(spanish[exercise.name]) <= 60
        assert all(len(spanish[cue]) <= 145 for cue in (exercise.start, exercise.movement))
        assert all(len(spanish[level.note]) <= 55 for level in exercise.levels if level.note)


@pytest.mark.parametrize(
    ("file", "old", "new", "expected"),
    [
        (EXERCISES, "    name: Almeja\n", "", ["exercises.hip-clamshell.name: is missing"]),
        (EXERCISES, "name: Almeja", 'name: ""', ["exercises.hip-clamshell.name: is empty"]),
        (EXERCISES, "name: Almeja", 'name: " "', ["exercises.hip-clamshell.name: is empty"]),
        (
            EXERCISES,
            "name: Almeja",
            'name: "Almeja "',
            ["exercises.hip-clamshell.name: begins or ends with a space or line break"],
        ),
        (
            EXERCISES,
            "name: Almeja",
            "name: 7",
            ["exercises.hip-clamshell.name: must be text, not 7; put it in quotes"],
        ),
        (
            EXERCISES,
            "name: Almeja",
            "name: Almeja\n    cue: Abre.",
            ["exercises.hip-clamshell.cue: is not a field here"],
        ),
        (EXERCISES, "\nnotes:\n", "\nnote:\n", ["note: is not a field here"]),
        (
            EXERCISES,
            "  hip-clamshell:",
            "  hip-clamshel:",
            [
                "exercises.hip-clamshel: is not in the library",
                "exercises.hip-clamshell: is missing",
            ],
        ),
        (EXERCISES, "  no load: sin peso\n", "", ["notes.no load: is missing"]),
        (EXERCISES, "  soft ball: pelota blanda\n", "", ["equipment.soft ball: is missing"]),
        (EXERCISES, "  jaw: mandíbula\n", "", ["regions.jaw: is missing"]),
        (EXERCISES, "  low-impact: bajo impacto\n", "", ["categories.low-impact: is missing"]),
        (
            EXERCISES,
            "  soleus: sóleo\n",
            "  soleus: sóleo\n  Soleus: sóleo\n",
            ["muscles.Soleus: is not in the library"],
        ),
        (
            EXERCISES,
            "  soleus: sóleo\n",
            "  soleus: sóleo\n  soleus: sóleo\n",
            ["yaml: the key soleus is given twice (line 524)"],
        ),
        (
            EXERCISES,
            "levanta la cabeza 1 cm",
            "levanta la cabeza 10 cm",
            ["exercises.neck-head-lift.movement: holds 10 where the English holds 1"],
        ),
        (
            EXERCISES,
            "durante 4 s y suéltalo durante 6 s",
            "durante 6 s",
            ["exercises.rx-paced.movement: holds 6 where the English holds 4 and 6"],
        ),
        (
            EXERCISES,
            "y baja en 3 s.",
            "y baja despacio.",
            ["exercises.ca-heel-raise.movement: holds no number where the English holds 3"],
        ),
        (
            EXERCISES,
            ": 0,5 kg\n",
            ": 5 kg\n",
            ["notes.0.5 kg: holds 5 where the English holds 0.5"],
        ),
        (
            EXERCISES,
            "cualquier zona\n  whole body: cuerpo entero",
            "cualquier zona\n  whole body: todo",
            ["regions.whole body: is 'cuerpo entero' in another place"],
        ),
        (PROGRAMS, "  Settle: Calmar\n", "", ["phases.Settle: is missing"]),
        (
            PROGRAMS,
            "  sh-6w:\n",
            "  sh-7w:\n",
            ["programs.sh-6w: is missing", "programs.sh-7w: is not in the library"],
        ),
        (
            PROGRAMS,
            "desconexión, 4 semanas",
            "desconexión",
            ["programs.sleep-4w.name: holds no number where the English holds 4"],
        ),
        (SAFETY, "    name: Urgente\n", "", ["tiers.U.name: is missing"]),
        (SAFETY, "  RF19: Pensamientos de hacerte daño\n", "", ["red_flags.RF19: is missing"]),
        (
            SAFETY,
            "  RF19:",
            "  RF20:",
            ["red_flags.RF19: is missing", "red_flags.RF20: is not in the library"],
        ),
        (SAFETY, "  dizzy: Mareo.\n", "", ["stop_rules.dizzy: is missing"]),
        (
            SAFETY,
            "  SD1: ",
            "  sd-1: ",
            ["see_doctor.SD1: is missing", "see_doctor.sd-1: is not in the library"],
        ),
        (
            SAFETY,
            "más de 45 minutos",
            "más de 30 minutos",
            ["red_flags.RF14: holds 30 and 50 where the English holds 45 and 50"],
        ),
        (
            SAFETY,
            'C-NECK: "Si te molesta el cuello: sujeta la cabeza con una mano."',
            "C-NECK: []",
            ["cautions.C-NECK: must be text, not a list; put it in quotes"],
        ),
    ],
)
def test_a_translation_that_is_not_whole_is_refused(
    folder: Path,
    spoil: Spoil,
    faults: Faults,
    file: str,
    old: str,
    new: str,
    expected: list[str],
) -> None:
    spoil(file, old, new)
    assert faults(folder) == [f"{file}: {fault}" for fault in expected]


def test_a_text_that_was_added_to_the_library_is_missed(
    folder: Path, spoil: Spoil, faults: Faults
) -> None:
    spoil("exercises/li-march.yaml", "minutes: 3", "note: with a song, minutes: 3")
    spoil("safety.yaml", "  - id: dizzy", "  - id: cold\n    says: A cold sweat.\n  - id: dizzy")
    assert faults(folder) == [
        f"{EXERCISES}: notes.with a song: is missing",
        f"{SAFETY}: stop_rules.cold: is missing",
    ]


def test_a_text_whose_numbers_were_changed_asks_for_its_translation(
    folder: Path, spoil: Spoil, faults: Faults
) -> None:
    spoil("exercises/ca-heel-raise.yaml", "lower in 3 s", "lower in 4 s")
    assert faults(folder) == [
        f"{EXERCISES}: exercises.ca-heel-raise.movement: holds 3 where the English holds 4"
    ]


@pytest.mark.parametrize("file", [EXERCISES, PROGRAMS, SAFETY])
def test_a_language_that_is_begun_has_all_its_files(
    folder: Path, faults: Faults, file: str
) -> None:
    (folder / file).unlink()
    assert faults(folder) == [f"{file}: file: is missing"]


def test_a_library_without_translations_is_whole(folder: Path) -> None:
    for file in (EXERCISES, PROGRAMS, SAFETY):
        (folder / file).unlink()
    assert read_library(folder).translations == {}


@pytest.mark.parametrize(
    ("file", "fault"),
    [
        ("translations/fr/safety.yaml", ": folder: is no language to translate into; there is es"),
        ("translations/en/safety.yaml", ": folder: is no language to translate into; there is es"),
        ("translations/es/measures.yaml", ": file: is not in a place where the library looks"),
        ("translations/safety.yaml", ": file: is not in a place where the library looks"),
        ("translations/es/old/safety.yaml", ": file: is not in a place where the library looks"),
        ("translations/es/safety.yml", ": file: must end in .yaml"),
    ],
)
def test_a_translation_has_its_place_and_its_language(
    folder: Path, faults: Faults, file: str, fault: str
) -> None:
    (folder / file).parent.mkdir(exist_ok=True)
    (folder / file).write_text("stop_rules: {dizzy: Vertige.}\n", encoding="utf-8")
    place = file.rpartition("/")[0] if "folder" in fault else file
    assert faults(folder) == [place + fault]


def test_a_broken_source_is_told_before_what_follows_from_it(
    folder: Path, spoil: Spoil, faults: Faults
) -> None:
    spoil("exercises/li-march.yaml", "region: whole body", "region: leg")
    assert [fault.split(":")[0] for fault in faults(folder)] == ["exercises/li-march.yaml"]


@pytest.fixture
def additions(tmp_path: Path) -> Path:
    """A clinic's own march, with a note and a thing of its own, and no word of Spanish."""
    place = tmp_path / "additions"
    (place / "exercises").mkdir(parents=True)
    march = (shipped_folder() / "exercises/li-march.yaml").read_text(encoding="utf-8")
    march = march.replace("id: li-march", "id: my-march").replace("[chair]", "[chair, flag]")
    march = march.replace("minutes: 3", "minutes: 3, note: with a song")
    march = march.replace("Marching on the spot", "Flag march")
    (place / "exercises" / "my-march.yaml").write_text(march, encoding="utf-8")
    return place


MY_MARCH = """
exercises:
  my-march:
    name: Marcha con bandera
    start: Ponte de pie junto a una silla.
    movement: Levanta primero una rodilla y luego la otra, balanceando los brazos.
"""
MY_LISTS = """
notes: {with a song: con una canción}
equipment: {flag: bandera}
"""


def in_spanish(additions: Path, text: str) -> None:
    (additions / "translations" / "es").mkdir(parents=True)
    (additions / EXERCISES).write_text(text, encoding="utf-8")


def test_what_a_clinic_adds_may_stay_in_english(additions: Path) -> None:
    spanish = read_library(shipped_folder(), additions).translations["es"]
    assert "Flag march" not in spanish
    assert spanish["Stand by a chair."] == "Ponte de pie junto a una silla."


def test_a_clinic_may_translate_what_it_adds(additions: Path) -> None:
    in_spanish(additions, MY_MARCH + MY_LISTS)
    spanish = read_library(shipped_folder(), additions).translations["es"]
    assert spanish["Flag march"] == "Marcha con bandera"
    assert spanish["with a song"] == "con una canción"
    assert spanish["Bridge"] == "Puente"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (MY_MARCH, ["equipment.flag: is missing", "notes.with a song: is missing"]),
        (
            MY_MARCH.replace("junto a una silla", "al lado de una silla") + MY_LISTS,
            ["exercises.my-march.start: is 'Ponte de pie junto a una silla.' in another place"],
        ),
        (
            MY_MARCH + MY_LISTS.replace("{flag", "{chair: butaca, flag"),
            ["equipment.chair: is taken by a file of another folder"],
        ),
        (MY_LISTS.replace("flag", "flags"), ["equipment.flags: is not in the library"]),
    ],
)
def test_what_a_clinic_has_begun_to_translate_is_whole(
    additions: Path, faults: Faults, text: str, expected: list[str]
) -> None:
    in_spanish(additions, text)
    assert faults(shipped_folder(), additions) == [f"{EXERCISES}: {fault}" for fault in expected]
