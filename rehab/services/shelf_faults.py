"""What is wrong with a shelf, or would be once something on it is changed."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from rehab.errors import Invalid
from rehab.models.shelf import EXERCISE, PROGRAM, ShelfItem
from rehab.programs.library import Library
from rehab.programs.library.faults import Fault
from rehab.programs.library.own import Shelf, own_faults, with_own
from rehab.programs.program import Exercise, Program

FOLDERS = {EXERCISE: "exercises", PROGRAM: "programs"}
"""Where the library has files of a kind."""


def faults_of(items: Iterable[ShelfItem], shared: Library) -> list[Fault]:
    """What is wrong with items that were sound once: the library they stand on has changed."""
    return own_faults(shared, shelf_of(items))


def checked(
    items: list[ShelfItem], kind: str, content: Mapping[str, Any], shared: Library
) -> Exercise | Program:
    """What comes of `content`. Raises Invalid for what is wrong with it, or would be with others
    because of it."""
    file = f"{FOLDERS[kind]}/{content['id']}.yaml"
    errors: dict[str, list[str]] = {}
    for fault in new_faults(items, items, shared, kind, content):
        if fault.file == file:
            errors.setdefault(fault.field, []).append(fault.what)
        else:
            what = f"{name_of(fault, items)} would no longer do: {fault.field} {fault.what}"
            errors.setdefault("", []).append(what)
    seen = with_own(shared, with_entry(shelf_of(items), kind, content))[0]
    made: Exercise | Program | None = getattr(seen, FOLDERS[kind]).get(content["id"])
    if errors or made is None:
        raise Invalid(errors or {"": ["an exercise in it has to be put right first"]})
    return made


def new_faults(
    items: list[ShelfItem],
    then: list[ShelfItem],
    shared: Library,
    kind: str = "",
    content: Mapping[str, Any] | None = None,
) -> list[Fault]:
    """What would be wrong with the shelf `then` and is not now; all that is wrong with `content`,
    which takes its place there."""
    after, file = shelf_of(then), ""
    if content is not None:
        after, file = with_entry(after, kind, content), f"{FOLDERS[kind]}/{content['id']}.yaml"
    known = set(faults_of(items, shared))
    return [f for f in own_faults(shared, after) if f.file == file or f not in known]


def with_entry(shelf: Shelf, kind: str, content: Mapping[str, Any]) -> Shelf:
    """The shelf with one more entry, or another one in the place of its id."""
    folder = FOLDERS[kind]
    return replace(shelf, **{folder: {**getattr(shelf, folder), content["id"]: content}})


def name_of(fault: Fault, items: Iterable[ShelfItem]) -> str:
    names = {f"{FOLDERS[i.kind]}/{i.item_id}.yaml": i.content["name"] for i in items}
    return f"“{names.get(fault.file, fault.file)}”"


def shelf_of(items: Iterable[ShelfItem]) -> Shelf:
    """What is offered, and the retired exercises whose picture plans still show."""
    of: dict[tuple[str, bool], dict[str, Any]] = {}
    for item in items:
        of.setdefault((item.kind, item.retired_at is None), {})[item.item_id] = item.content
    return Shelf(
        of.get((EXERCISE, True), {}), of.get((PROGRAM, True), {}), of.get((EXERCISE, False), {})
    )
