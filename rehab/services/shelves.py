"""A clinic's own shelf: exercises and programs that it has made, version upon version.

Whoever is in a program keeps the copy that their plan was made with, whatever changes here.
"""

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4, uuid5

from sqlalchemy import func, select

from rehab.errors import Conflict, Invalid, NotFound
from rehab.extensions import db
from rehab.models.clinic import Clinic, Clinician
from rehab.models.shelf import ShelfItem
from rehab.programs.library import Library
from rehab.programs.library.own import own_id, with_own
from rehab.programs.program import Exercise, Program
from rehab.services.actors import acted
from rehab.services.shelf_faults import checked, name_of, new_faults, shelf_of, with_entry
from rehab.services.transactions import hold, transaction

Kept = dict[UUID, tuple[int, Library]]
"""The library as clinics see it, each with the edition of the shelf that is in it."""


def library_of(clinic: Clinic, shared: Library, kept: Kept) -> Library:
    """The library as the clinic sees it; read only when its shelf has changed since `kept`."""
    if not clinic.shelf_edition:
        return shared
    edition, seen = kept.get(clinic.id, (0, shared))
    if edition != clinic.shelf_edition:
        edition, seen = clinic.shelf_edition, with_own(shared, shelf_of(newest(clinic.id)))[0]
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
    return with_own(shared, with_entry(shelf_of(newest(clinic_id)), item.kind, item.content))[0]


def check(
    clinic_id: UUID, kind: str, said: Mapping[str, Any], shared: Library, item_id: str | None = None
) -> Exercise | Program:
    """What would come of it; nothing is kept. Raises Invalid for what `save` would not take."""
    items = newest(clinic_id)
    return checked(items, kind, {**said, "id": item_id or _new_id(items, kind, said)}, shared)


@transaction()
def save(
    by: Clinician,
    kind: str,
    said: Mapping[str, Any],
    shared: Library,
    now: datetime,
    item_id: str | None = None,
    over: int | None = None,
    key: UUID | None = None,
) -> ShelfItem:
    """A new item, or a new version of `item_id`: `over` is the version that was looked at.

    `said` is what a file of the library would hold; its id is settled here. What says nothing new
    makes no version, and a new item that is sent again with the same `key`, which is the form's
    own, no second one. Raises Invalid by the fields of a file (under "" what it would do to
    others), NotFound, and Conflict when there is a newer version or the item is retired.
    """
    items = _held(by.clinic)
    before = _item(items, kind, item_id) if item_id else None
    if before is not None and before.retired_at:
        raise Conflict("this is retired: bring it back, then change it")
    row_id = _row_id(by.clinic, kind, said, key or uuid4())
    made = db.session.get(ShelfItem, row_id) if before is None else None
    if made is not None:
        return made
    content = {**said, "id": item_id or _new_id(items, kind, said)}
    says_more = before is None or before.content != content
    if before is not None and says_more and over not in (None, before.version):
        raise Conflict(f"{before.clinician.name} has changed this since you opened it")
    checked(items, kind, content, shared)
    if before is not None and not says_more:
        return before
    return _put(by, kind, content, before, now, row_id=None if before else row_id)


@transaction()
def retire(by: Clinician, kind: str, item_id: str, shared: Library, now: datetime) -> ShelfItem:
    """Offer an item no more. Plans that have it go on. Raises NotFound, and Conflict when it is
    retired already or a program of the clinic's own still has the exercise."""
    items = _held(by.clinic)
    before = _item(items, kind, item_id)
    if before.retired_at:
        raise Conflict("this is retired already")
    others = [item for item in items if item is not before]
    broken = new_faults(items, others, shared)
    if broken:
        names = ", ".join(sorted({name_of(fault, items) for fault in broken}))
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
        checked(items, kind, before.content, shared)
    except Invalid as error:
        raise Conflict(f"it cannot come back as it is: {error}") from error
    return _put(by, kind, before.content, before, now)


def _held(clinic: Clinic) -> list[ShelfItem]:
    """The clinic's shelf, which nobody else changes until this transaction ends."""
    hold(clinic)
    return newest(clinic.id)


def _row_id(clinic: Clinic, kind: str, said: Mapping[str, Any], key: UUID) -> UUID:
    """The id of an item that is made of this with this key; made of something else, it is another
    item."""
    return uuid5(clinic.id, f"{kind} {key} {json.dumps(said, sort_keys=True)}")


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
    row_id: UUID | None = None,
) -> ShelfItem:
    row = ShelfItem(
        id=row_id or uuid4(),
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
