"""Files that are no YAML, files in the wrong place, and folders read on top of each other."""

from collections.abc import Callable
from pathlib import Path

import pytest

from rehab.errors import RehabError
from rehab.programs.library import LibraryFault, read_library, shipped_folder

Spoil = Callable[[str, str, str], None]
Faults = Callable[..., list[str]]

MARCH = "exercises/li-march.yaml"


@pytest.mark.parametrize(
    ("file", "old", "new", "expected"),
    [
        (MARCH, "name: ", "name: [", ["yaml: did not find expected ',' or ']' (line 3)"]),
        (MARCH, "region:", "name: x\nregion:", ["yaml: the key name is given twice (line 4)"]),
        (
            MARCH,
            "minutes: 3",
            "minutes: 3, minutes: 3",
            ["yaml: the key minutes is given twice (line 11)"],
        ),
        (
            MARCH,
            "name:",
            "1: x\nname:",
            ["yaml: the key 1 must be text; put it in quotes (line 2)"],
        ),
        (
            MARCH,
            "name:",
            "no: x\nname:",
            ["yaml: the key no must be text; put it in quotes (line 2)"],
        ),
        (
            MARCH,
            "name:",
            "x: !!python/none\nname:",
            [
                "yaml: could not determine a constructor for the tag "
                "'tag:yaml.org,2002:python/none' (line 2)"
            ],
        ),
        (MARCH, "name:", "x: 2026-99-01\nname:", ["yaml: cannot be read (month must be in 1..12)"]),
        (MARCH, "name:", "x: *y\nname:", ["yaml: found undefined alias (line 2)"]),
    ],
)
def test_yaml_is_read_without_leniency(
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


@pytest.mark.parametrize(
    ("file", "content", "fault"),
    [
        ("exercises/odd.yaml", b"", "yaml: must be a mapping of fields to values"),
        ("exercises/odd.yaml", b"- a\n- b\n", "yaml: must be a mapping of fields to values"),
        ("exercises/odd.yaml", b"a: \xff", "yaml: "),
        ("exercises/odd.yaml", b"a: " + b"[" * 5000, "yaml: "),
        ("exercises/odd.yaml", b"a: " + b"9" * 5000, "yaml: cannot be read (Exceeds the limit"),
        ("exercises/odd.yml", b"id: odd", "file: must end in .yaml"),
        ("exercises/new/odd.yaml", b"id: odd", "file: is not in a place where the library looks"),
        ("exercise/odd.yaml", b"id: odd", "file: is not in a place where the library looks"),
        ("evidences.yaml", b"a: b", "file: is not in a place where the library looks"),
    ],
)
def test_a_file_that_cannot_be_taken_in_is_named(
    folder: Path, faults: Faults, file: str, content: bytes, fault: str
) -> None:
    (folder / file).parent.mkdir(exist_ok=True)
    (folder / file).write_bytes(content)
    [found] = faults(folder)
    assert found.startswith(f"{file}: {fault}")


def test_notes_and_hidden_files_are_let_be(folder: Path) -> None:
    (folder / "README.md").write_text("ours")
    (folder / "exercises" / ".li-march.yaml.swp").write_text("x")
    (folder / "exercises" / ".draft.yaml").write_text("x")
    assert read_library(folder).version == read_library().version


@pytest.mark.parametrize(
    ("file", "fault"),
    [
        ("evidence.yaml", "evidence.yaml: file: is missing"),
        ("safety.yaml", "safety.yaml: file: is missing"),
        ("messages/en.yaml", "messages/en.yaml: file: is missing"),
        ("policies/acute.yaml", "policies/acute.yaml: file: is missing"),
        (
            "exercises/li-walk.yaml",
            "programs/wb-flare-1w.yaml: phases[1].exercises[2]: there is no exercise li-walk",
        ),
    ],
)
def test_a_whole_library_misses_none_of_its_files(
    folder: Path, faults: Faults, file: str, fault: str
) -> None:
    (folder / file).unlink()
    assert fault in faults(folder)


def test_a_folder_that_is_not_there_is_named(tmp_path: Path, faults: Faults) -> None:
    nowhere = tmp_path / "nowhere"
    assert faults(shipped_folder(), nowhere) == [f"{nowhere}: folder: is not there"]


@pytest.fixture
def additions(tmp_path: Path) -> Path:
    """A clinic's own folder: a march of its own, a source for it, and a text."""
    folder = tmp_path / "additions"
    (folder / "exercises").mkdir(parents=True)
    (folder / "messages").mkdir()
    march = (shipped_folder() / MARCH).read_text(encoding="utf-8")
    march = march.replace("id: li-march", "id: my-march").replace("who-activity-2020", "my-source")
    (folder / "exercises" / "my-march.yaml").write_text(march, encoding="utf-8")
    (folder / "evidence.yaml").write_text("my-source: {citation: c, says: s, read: true}")
    for language in ("en", "es"):
        (folder / "messages" / f"{language}.yaml").write_text("texts: {my.text: Bye}")
    return folder


def test_a_further_folder_adds_to_the_first(additions: Path) -> None:
    library = read_library(shipped_folder(), additions)
    assert len(library.exercises) == 85
    assert library.exercises["my-march"].evidence == ("my-source",)
    assert library.evidence["my-source"].address is None
    assert library.messages["es"]["my.text"] == "Bye"
    assert library.messages["es"]["rp.skip"] == read_library().messages["es"]["rp.skip"]
    assert library.version != read_library().version


def test_a_further_folder_never_replaces_what_is_there(additions: Path, faults: Faults) -> None:
    shipped = shipped_folder()
    (additions / MARCH).write_bytes((shipped / MARCH).read_bytes())
    (additions / "safety.yaml").write_bytes((shipped / "safety.yaml").read_bytes())
    with (additions / "evidence.yaml").open("a") as file:
        file.write("\nnice-ng59: {citation: c, says: s, read: true}\n")
    (additions / "messages" / "es.yaml").write_text("texts: {my.text: Bye, pl.hold: Nada}")
    assert faults(shipped, additions) == [
        "evidence.yaml: nice-ng59: is taken by a file of another folder",
        f"{MARCH}: id: is taken by a file of another folder",
        "messages/es.yaml: texts.pl.hold: is taken by a file of another folder",
        "safety.yaml: file: only the first folder has one",
    ]


def test_a_library_fault_is_one_of_ours_and_tells_everything(folder: Path, spoil: Spoil) -> None:
    spoil(MARCH, "minutes: 3", "minutes: x")
    spoil(MARCH, "region: whole body", "region: leg")
    with pytest.raises(RehabError) as caught:
        read_library(folder)
    assert isinstance(caught.value, LibraryFault)
    assert len(caught.value.faults) == 2
    assert str(caught.value).count("\n") == 1
