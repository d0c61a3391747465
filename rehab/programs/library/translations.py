"""Reading translations: a folder a language, keyed as the library is, looked up by source text.

A plan keeps its own copy of a program. Looked up by what it says, and not by its id, a text that
has changed since is shown as it was written rather than in the translation of another.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from typing import Any

from marshmallow import ValidationError

from rehab.programs.library.contents import Library
from rehab.programs.library.faults import Fault, faults_of
from rehab.programs.library.fields import Id, StrictSchema, Text, entries, nested
from rehab.programs.library.files import TRANSLATIONS, Document
from rehab.programs.library.sources import measure_texts
from rehab.programs.library.translation_lint import Given, pairs, translation_faults


class ExerciseWords(StrictSchema):
    """What an exercise says of itself; the notes of its levels are in a list of their own."""

    name = Text(100, required=True)
    start = Text(required=True)
    movement = Text(required=True)


class ExercisesSchema(StrictSchema):
    """translations/LANGUAGE/exercises.yaml; all lists but the first go by the English text."""

    exercises = entries(Id(), nested(ExerciseWords))
    notes = entries(Text(80), Text(120))
    muscles = entries(Text(60), Text(80))
    equipment = entries(Text(60), Text(80))
    regions = entries(Text(60), Text(80))
    categories = entries(Text(60), Text(80))


class ProgramWords(StrictSchema):
    """What a program says of itself."""

    name = Text(120, required=True)
    summary = Text(400, required=True)


class ProgramsSchema(StrictSchema):
    """translations/LANGUAGE/programs.yaml; phases go by their English name."""

    programs = entries(Id(), nested(ProgramWords))
    phases = entries(Text(60), Text(80))


class TierWords(StrictSchema):
    """A tier, and what it asks for."""

    name = Text(40, required=True)
    meaning = Text(400, required=True)


class SafetySchema(StrictSchema):
    """translations/LANGUAGE/safety.yaml, by the ids of safety.yaml."""

    tiers = entries(Text(20), nested(TierWords))
    red_flags = entries(Text(20), Text(400))
    see_doctor = entries(Text(20), Text(300))
    stop_rules = entries(Text(20), Text(300))
    cautions = entries(Text(20), Text(400))


SCHEMAS = {"exercises": ExercisesSchema, "programs": ProgramsSchema, "safety": SafetySchema}


def translations(
    found: Iterable[Document], library: Library, whole: Collection[str], faults: list[Fault]
) -> dict[str, dict[str, str]]:
    """Every language's texts by their source in English; what is wrong is added to `faults`.

    A language is complete for the entries of `whole`, the files of the first folder. What further
    folders add may stay in English.
    """
    languages: dict[str, list[Document]] = defaultdict(list)
    for document in found:
        if document.kind == TRANSLATIONS:
            languages[document.file.split("/")[1]].append(document)
    lookups = {}
    for language, documents in languages.items():
        given = _merged(documents, faults)
        faults += translation_faults(language, given, library, whole, faults)
        lookups[language] = _lookup(language, given, library)
    return lookups


def _merged(documents: Iterable[Document], faults: list[Fault]) -> Given:
    """By file and by list, what all folders together give."""
    merged: Given = {}
    for document in documents:
        try:
            loaded: dict[str, dict[str, Any]] = SCHEMAS[document.name]().load(document.content)
        except ValidationError as error:
            faults += faults_of(document.file, error.messages)
            continue
        lists = merged.setdefault(document.name, {})
        for name, texts in loaded.items():
            there = lists.get(name, {})
            what = "is taken by a file of another folder"
            faults += [Fault(document.file, f"{name}.{k}", what) for k in texts.keys() & there]
            lists[name] = {**there, **texts}
    return merged


def _lookup(language: str, given: Given, library: Library) -> dict[str, str]:
    """What stands in two lists is the same in both, or it is a fault; the measures come last."""
    texts = dict(measure_texts(library, language))
    return texts | {source: translation for _, _, source, translation in pairs(given, library)}
