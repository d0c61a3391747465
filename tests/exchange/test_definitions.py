"""The library as FHIR: every program and exercise, as another program reads them."""

import json

from fhir.resources.R4B.bundle import Bundle

from rehab.exchange.fhir.definitions import exercise_definition, program_definition, shelf
from rehab.programs.dosage import Category
from rehab.programs.library import Library


def test_the_whole_library_is_read_by_another_program(library: Library) -> None:
    sent = json.loads(json.dumps(shelf(library)))
    Bundle.model_validate(sent)
    kinds = [entry["resource"]["resourceType"] for entry in sent["entry"]]
    assert kinds.count("PlanDefinition") == len(library.programs)
    assert kinds.count("ActivityDefinition") == len(library.exercises)


def test_a_program_names_its_exercises_by_phase_in_the_version_that_it_means(
    library: Library,
) -> None:
    program = library.programs["lb-subacute-6w"]
    told = program_definition(program.as_dict(), library)
    exercises = [exercise_definition(e.as_dict(), library) for e in program.exercises]
    known = {f"{each['url']}|{each['version']}" for each in exercises}
    assert told["version"] == program.version
    assert [phase["title"] for phase in told["action"]] == ["Base", "Build", "Load"]
    assert [phase["timingDuration"]["value"] for phase in told["action"]] == [14, 14, 14]
    named = {each["definitionCanonical"] for phase in told["action"] for each in phase["action"]}
    assert named == known


def test_an_exercise_has_a_dosage_for_each_level(library: Library) -> None:
    for exercise in library.exercises.values():
        told = exercise_definition(exercise.as_dict(), library)
        assert [each["sequence"] for each in told["dosage"]] == [
            n for n, _ in enumerate(exercise.levels, 1)
        ]
        assert all(each["text"] for each in told["dosage"])
    walk = exercise_definition(library.exercises["li-walk"].as_dict(), library)
    level = library.exercises["li-walk"].levels[0]
    assert walk["dosage"][0]["timing"]["repeat"] == {
        "duration": level.minutes,
        "durationUnit": "min",
        "frequency": level.days_per_week,
        "period": 1,
        "periodUnit": "wk",
    }
    assert library.exercises["li-walk"].category is Category.LOW_IMPACT
