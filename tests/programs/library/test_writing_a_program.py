"""The worked example of docs/writing-a-program.md is a library that passes its own check."""

import re
from pathlib import Path

from rehab.programs.library import read_library, shipped_folder

DOC = Path(__file__).parents[3] / "docs" / "writing-a-program.md"


def test_the_worked_example_passes_the_check(tmp_path: Path) -> None:
    text = DOC.read_text(encoding="utf-8")
    exercise, evidence, program, spanish = re.findall(r"```yaml\n(.*?)```", text, re.DOTALL)
    for file, content in [
        ("exercises/hip-seated-march.yaml", exercise),
        ("evidence.yaml", evidence),
        ("programs/hip-gentle-4w.yaml", program),
        ("translations/es/exercises.yaml", spanish),
    ]:
        assert f"my-library/{file}" in text
        (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / file).write_text(content, encoding="utf-8")
    library = read_library(shipped_folder(), tmp_path)
    first = library.programs["hip-gentle-4w"].exercises[0]
    assert first.id == "hip-seated-march"
    assert library.translations["es"][first.name] == "Marcha en silla"
