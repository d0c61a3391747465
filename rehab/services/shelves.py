"""A clinic's own shelf: exercises and programs that it has made, version upon version.

Whoever is in a program keeps the copy that their plan was made with, whatever changes here.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from rehab.errors import Conflict, Invalid, NotFound
from rehab.extensions import db
from rehab.models.clinic import Clinic, Clinician
from rehab.models.shelf import EXERCISE, PROGRAM, ShelfItem
from rehab.programs.library import Library
from rehab.programs.library.faults import Fault
from rehab.programs.library.own import Shelf, own_faults, own_id, with_own
from rehab.programs.program import Exercise, Program
from rehab.services.actors import acted
from rehab.services.transactions import hold, transaction

FOLDERS = {EXERCISE: "exercises", PROGRAM: "programs"}
"""Where the library has files of a kind."""

Kept = dict[UUID, tuple[int, Library]]
"""The library as clinics see it, each with the edition of the shelf that is in it."""


def library_of(clinic: Clinic, shared: Library, kept: Kept) -> Library:
    """The library as the clinic sees it; read only when its shelf has changed since `kept`."""
    if not clinic.shelf_edition:
        return shared
    edition, seen = kept.get(clinic.id, (0, shared))
    if edition != clinic.shelf_edition:
        edition, seen = clinic.shelf_edition, with_own(shared, _shelf(newest(clinic.id)))[0]
        kept[clinic.id] = edition, seen
    return seen


def newest(clinic_id: UUID) -> list[ShelfItem]:
    """The version of each item that counts, retired ones too, in the order of their ids."""
    last = (
        select(ShelfItem.kind, ShelfItem.item_id, func.max(ShelfItem.version).label("version"))
        .where(ShelfItem.clinic_id == clinic_id)
        .group_by(ShelfItem.kind, ShelfItem.item_id)
        .subquery()
    )
    is_last = (
        (ShelfItem.kind == last.c.kind)
        & (ShelfItem.item_id == last.c.item_id)
        & (ShelfItem.version == last.c.version)
    )
    theirs = select(ShelfItem).join(last, is_last).where(ShelfItem.clinic_id == clinic_id)
    return list(db.session.scalars(theirs.order_by(ShelfItem.kind, ShelfItem.item_id)))


def history(clinic_id: UUID, kind: str, item_id: str) -> list[ShelfItem]:
    """Every version of an item, the newest first. Raises NotFound."""
    theirs = select(ShelfItem).filter_by(clinic_id=clinic_id, kind=kind, item_id=item_id)
    found = list(db.session.scalars(theirs.order_by(ShelfItem.version.desc())))
    if not found:
        raise NotFound(f"there is no {kind} {item_id} of this clinic's own")
    return found


def with_retired(clinic_id: UUID, item: ShelfItem, shared: Library) -> Library:
    """The library as it would be if a retired item were offered."""
    return with_own(shared, _with(_shelf(newest(clinic_id)), item.kind, item.content))[0]


def faults_of(items: Iterable[ShelfItem], shared: Library) -> list[Fault]:
    """What is wrong with items that were sound once: the library they stand on has changed."""
    return own_faults(shared, _shelf(items))


def check(
    clinic_id: UUID, kind: str, said: Mapping[str, Any], shared: Library, item_id: str | None = None
) -> Exercise | Program:
    """What would come of it; nothing is kept. Raises Invalid for what `save` would not take."""
    items = newest(clinic_id)
    return _check(items, kind, {**said, "id": item_id or _new_id(items, kind, said)}, shared)


@transaction()
def save(
    by: Clinician,
    kind: str,
    said: Mapping[str, Any],
    shared: Library,
    now: datetime,
    item_id: str | None = None,
    over: int | None = None,
) -> ShelfItem:
    """A new item, or a new version of `item_id`: `over` is the version that was looked at.

    `said` is what a file of the library would hold; its id is settled here. What says nothing new
    makes no version. Raises Invalid by the fields of a file (under "" what it would do to others),
    NotFound, and Conflict when there is a newer version or the item is retired.
    """
    items = _held(by.clinic)
    before = _item(items, kind, item_id) if item_id else None
    if before is not None and before.retired_at:
        raise Conflict("this is retired: bring it back, then change it")
    if before is not None and over not in (None, before.version):
        raise Conflict(f"{before.clinician.name} has changed this since you opened it")
    content = {**said, "id": item_id or _new_id(items, kind, said)}
    _check(items, kind, content, shared)
    if before is not None and before.content == content:
        return before
    return _put(by, kind, content, before, now)


@transaction()
def retire(by: Clinician, kind: str, item_id: str, shared: Library, now: datetime) -> ShelfItem:
    """Offer an item no more. Plans that have it go on. Raises NotFound, and Conflict when it is
    retired already or a program of the clinic's own still has the exercise."""
    items = _held(by.clinic)
    before = _item(items, kind, item_id)
    if before.retired_at:
        raise Conflict("this is retired already")
    others = [item for item in items if item is not before]
    broken = _new_faults(items, others, shared)
    if broken:
        names = ", ".join(sorted({_name_of(fault, items) for fault in broken}))
        raise Conflict(f"it is still in a program of your own: take it out of {names} first")
    return _put(by, kind, before.content, before, now, retired_at=now)


@transaction()
def bring_back(by: Clinician, kind: str, item_id: str, shared: Library, now: datetime) -> ShelfItem:
    """Offer a retired item again. Raises NotFound, and Conflict when it is not retired or is not
    sound any more: an exercise of it is retired, say."""
    items = _held(by.clinic)
    before = _item(items, kind, item_id)
    if not before.retired_at:
        raise Conflict("this is not retired")
    try:
        _check(items, kind, before.content, shared)
    except Invalid as error:
        raise Conflict(f"it cannot come back as it is: {error}") from error
    return _put(by, kind, before.content, before, now)


def _held(clinic: Clinic) -> list[ShelfItem]:
    """The clinic's shelf, which nobody else changes until this transaction ends."""
    hold(clinic)
    return newest(clinic.id)


def _new_id(items: Iterable[ShelfItem], kind: str, said: Mapping[str, Any]) -> str:
    taken = {item.item_id for item in items if item.kind == kind}
    return own_id(str(said.get("name", "")), taken)


def _item(items: Iterable[ShelfItem], kind: str, item_id: str) -> ShelfItem:
    for item in items:
        if (item.kind, item.item_id) == (kind, item_id):
            return item
    raise NotFound(f"there is no {kind} {item_id} of this clinic's own")


def _put(
    by: Clinician,
    kind: str,
    content: Mapping[str, Any],
    before: ShelfItem | None,
    now: datetime,
    retired_at: datetime | None = None,
) -> ShelfItem:
    row = ShelfItem(
        clinic_id=by.clinic_id,
        kind=kind,
        item_id=content["id"],
        version=before.version + 1 if before else 1,
        content=dict(content),
        clinician_id=by.id,
        created_at=now,
        retired_at=retired_at,
    )
    db.session.add(row)
    by.clinic.shelf_edition += 1
    db.session.flush()
    acted(f"{kind}.{'retired' if retired_at else 'shelved'}", row, now, version=row.version)
    return row


def _check(
    items: list[ShelfItem], kind: str, content: Mapping[str, Any], shared: Library
) -> Exercise | Program:
    """What comes of `content`. Raises Invalid for what is wrong with it, or would be with others
    because of it."""
    file = f"{FOLDERS[kind]}/{content['id']}.yaml"
    errors: dict[str, list[str]] = {}
    for fault in _new_faults(items, items, shared, kind, content):
        if fault.file == file:
            errors.setdefault(fault.field, []).append(fault.what)
        else:
            what = f"{_name_of(fault, items)} would no longer do: {fault.field} {fault.what}"
            errors.setdefault("", []).append(what)
    seen = with_own(shared, _with(_shelf(items), kind, content))[0]
    made: Exercise | Program | None = getattr(seen, FOLDERS[kind]).get(content["id"])
    if errors or made is None:
        raise Invalid(errors or {"": ["an exercise in it has to be put right first"]})
    return made


def _new_faults(
    items: list[ShelfItem],
    then: list[ShelfItem],
    shared: Library,
    kind: str = "",
    content: Mapping[str, Any] | None = None,
) -> list[Fault]:
    """What would be wrong with the shelf `then` and is not now; all that is wrong with `content`,
    which takes its place there."""
    after, file = _shelf(then), ""
    if content is not None:
        after, file = _with(after, kind, content), f"{FOLDERS[kind]}/{content['id']}.yaml"
    known = set(faults_of(items, shared))
    return [f for f in own_faults(shared, after) if f.file == file or f not in known]


def _with(shelf: Shelf, kind: str, content: Mapping[str, Any]) -> Shelf:
    """The shelf with one more entry, or another one in the place of its id."""
    folder = FOLDERS[kind]
    return replace(shelf, **{folder: {**getattr(shelf, folder), content["id"]: content}})


def _name_of(fault: Fault, items: Iterable[ShelfItem]) -> str:
    names = {f"{FOLDERS[i.kind]}/{i.item_id}.yaml": i.content["name"] for i in items}
    return f"“{names.get(fault.file, fault.file)}”"


def _shelf(items: Iterable[ShelfItem]) -> Shelf:
    """What is offered, and the retired exercises whose picture plans still show."""
    of: dict[tuple[str, bool], dict[str, Any]] = {}
    for item in items:
        of.setdefault((item.kind, item.retired_at is None), {})[item.item_id] = item.content
    return Shelf(
        of.get((EXERCISE, True), {}), of.get((PROGRAM, True), {}), of.get((EXERCISE, False), {})
    )
