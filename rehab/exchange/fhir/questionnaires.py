"""Questionnaires as they were answered: outcome measures, and the whole list of danger signs."""

from collections.abc import Iterator, Mapping
from typing import Any

from rehab.exchange.fhir.codes import canonical
from rehab.exchange.fhir.observations import scored
from rehab.exchange.fhir.record import Record
from rehab.exchange.fhir.resource import Resource, resource, told
from rehab.programs.measures import Measure

RED_FLAGS = "red-flags"
STOPPED = "Pain stopped daily things on most days of the week"

Row = Mapping[str, Any]


def questionnaires(record: Record) -> Iterator[Resource]:
    """Each set of answers, those that a later one replaced too, and the score of each measure."""
    for row in record.rows("measurements"):
        measure = record.library.measures.get(row["measure_id"])
        yield _measured(record, row, measure)
        yield scored(record, row, measure.name["en"] if measure else row["measure_id"])
    for row in record.rows("screenings"):
        yield _screened(record, row)


def _measured(record: Record, row: Row, measure: Measure | None) -> Resource:
    said = [answer["rating"] is not None for answer in row["answers"]]
    whole = "completed" if all(said) else "in-progress"
    return _response(
        record,
        row,
        row["measure_id"],
        "entered-in-error" if row["replaced_at"] else whole,
        row["recorded_at"],
        [_item(n, answer, measure) for n, answer in enumerate(row["answers"], 1)],
    )


def _item(n: int, answer: Row, measure: Measure | None) -> dict[str, Any]:
    """One question; where the patient named the activity, that is what was asked about."""
    item = answer["item"]
    questions = {each.id: each.question["en"] for each in measure.items} if measure else {}
    known = item in questions
    return told(
        linkId=item if known else f"activity-{n}",
        text=questions.get(item, item),
        answer=_answer("valueInteger", answer["rating"]),
    )


def _screened(record: Record, row: Row) -> Resource:
    """What was ticked, and whether anything was; the list itself may have been another then."""
    flags = record.library.red_flags
    ticked = [
        told(
            linkId=flag,
            text=flags[flag].question if flag in flags else "",
            answer=_answer("valueBoolean", True),
        )
        for flag in row["red_flags"]
    ]
    items = [
        told(
            linkId="any",
            text="Any danger sign",
            answer=_answer("valueBoolean", bool(row["red_flags"])),
        ),
        *ticked,
        told(
            linkId="daily-things-stopped",
            text=STOPPED,
            answer=_answer("valueBoolean", row["daily_things_stopped"]),
        ),
    ]
    return _response(record, row, RED_FLAGS, "completed", row["answered_at"], items)


def _response(
    record: Record, row: Row, name: str, status: str, at: str, items: list[dict[str, Any]]
) -> Resource:
    """The patient is the source of the answers, whoever put them in."""
    return resource(
        "QuestionnaireResponse",
        row["id"],
        basedOn=record.plan(row["plan_id"]),
        questionnaire=canonical("Questionnaire", name),
        status=status,
        subject=record.patient,
        authored=record.at(at),
        author=record.author(row),
        source=record.patient,
        item=items,
    )


def _answer(kind: str, value: object) -> list[dict[str, object]]:
    """A question that was not answered has no answer."""
    return [] if value is None else [{kind: value}]
