"""Reading a measure file: a questionnaire in English and Spanish, with whose it is."""

from collections.abc import Iterator
from typing import Any

from marshmallow import ValidationError, post_load, validates_schema

from rehab.programs.library.fields import (
    Choice,
    Factor,
    Id,
    Several,
    StrictSchema,
    Text,
    TrueOrFalse,
    Whole,
    nested,
)
from rehab.programs.library.schemas import frozen
from rehab.programs.measures import Better, Diary, Item, Label, Mcid, Measure, Rhythm, Unit


class WordsSchema(StrictSchema):
    """A text in every language that the product is complete in."""

    en = Text(300, required=True)
    es = Text(300, required=True)


class LabelSchema(WordsSchema):
    """The name of one point of a scale."""

    at = Whole(-100, 1440, required=True)

    @post_load
    def _made(self, data: dict[str, Any], **_: Any) -> Label:
        return Label(data.pop("at"), data)


class ItemSchema(StrictSchema):
    """One question."""

    id = Id(required=True)
    question = nested(WordsSchema, required=True)
    labels = Several(nested(LabelSchema), at_most=11, required=True)
    interference = TrueOrFalse()

    @post_load
    def _made(self, data: dict[str, Any], **_: Any) -> Item:
        return Item(**frozen(data))


class McidSchema(StrictSchema):
    """`mcid`."""

    makes = Mcid

    change = Factor(0.1, 1440, required=True)
    source = Text(300, required=True)


class RhythmSchema(StrictSchema):
    """`rhythm`."""

    makes = Rhythm

    times = Whole(1, 7, required=True)
    acute_days = Whole(1, 91, required=True)
    chronic_days = Whole(1, 91, required=True)

    @validates_schema
    def _once_a_day(self, data: dict[str, Any], **_: Any) -> None:
        if data["times"] > min(data["acute_days"], data["chronic_days"]):
            raise ValidationError("must not be more than the days", "times")


class MeasureSchema(StrictSchema):
    """measures/ID.yaml."""

    id = Id(required=True)
    name = nested(WordsSchema, required=True)
    instruction = nested(WordsSchema)
    items = Several(nested(ItemSchema), 1, 12, required=True, unique=False)
    activities = Whole(1, 5)
    lowest = Whole(-100, 0, required=True)
    highest = Whole(1, 1440, required=True)
    unit = Choice(Unit, required=True)
    better = Choice(Better, required=True)
    is_change = TrueOrFalse()
    rhythm = nested(RhythmSchema, required=True)
    mcid = nested(McidSchema)
    diary = Choice(Diary)
    citation = Text(300, required=True)
    read = TrueOrFalse(required=True)
    licence = Text(required=True)

    @post_load
    def _made(self, data: dict[str, Any], **_: Any) -> Measure:
        measure = Measure(**frozen(data))
        faults = dict(_faults(measure))
        if faults:
            raise ValidationError(faults)
        return measure


def _faults(measure: Measure) -> Iterator[tuple[str, Any]]:
    """What the fields of one file say against each other."""
    if (measure.activities or measure.diary) and len(measure.items) > 1:
        yield "items", "must be one with activities or a diary"
    if measure.activities and measure.diary:
        yield "activities", "must not stand beside diary"
    if measure.mcid and measure.mcid.change > measure.highest - measure.lowest:
        yield "mcid", {"change": "is more than the whole scale"}
    if measure.is_change and measure.mcid:
        yield "mcid", "must not stand beside is_change, which is a change already"
    if sum(item.interference for item in measure.items) > 1:
        yield "items", "must not mark interference more than once"
    yield from _item_faults(measure)


def _item_faults(measure: Measure) -> Iterator[tuple[str, Any]]:
    ids = [item.id for item in measure.items]
    for number, item in enumerate(measure.items):
        if item.id in ids[:number]:
            yield "items", {number: {"id": f"{item.id} is given twice"}}
        for place, label in enumerate(item.labels):
            if not measure.lowest <= label.at <= measure.highest:
                fault = {"at": f"is not on the scale, {measure.lowest} to {measure.highest}"}
                yield "items", {number: {"labels": {place: fault}}}
