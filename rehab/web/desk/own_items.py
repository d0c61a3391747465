"""Making an exercise or a program of the clinic's own, and changing one."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from types import ModuleType
from typing import Any

from flask import Blueprint, Response, redirect, request, url_for
from werkzeug.wrappers import Response as Answer

from rehab.errors import Conflict, Invalid
from rehab.models.shelf import EXERCISE, PROGRAM
from rehab.programs.library.faults import Fault
from rehab.programs.library.files import parsed
from rehab.programs.program import Exercise, Program
from rehab.services import shelves
from rehab.services.shelf_faults import FOLDERS
from rehab.web.desk import here, own_exercise, own_program
from rehab.web.desk.form_key import key_of
from rehab.web.desk.library_words import phase_sizes, wording
from rehab.web.desk.own_form import beside
from rehab.web.desk.own_shelf import KINDS
from rehab.web.desk.page import UNPROCESSABLE, done, undone
from rehab.web.desk.page import page as _page
from rehab.wiring import library, wiring

blueprint = Blueprint("own_items", __name__)

FORMS: dict[str, ModuleType] = {EXERCISE: own_exercise, PROGRAM: own_program}
MORE, CHECK = "more", "check"
"""What the form's other two buttons do: empty rows, and a look by the lint."""

MORE_ROWS = 3
LARGEST_FILE = 64 * 1024


@blueprint.get("/library/own/<any(exercises, programs):folder>/new")
def new(folder: str) -> Response:
    """An empty form, or one that begins as a copy of the entry that `from` names."""
    form, source = FORMS[KINDS[folder]], request.args.get("from")
    return _form(KINDS[folder], form.copied(library(), source) if source else form.blank())


@blueprint.get("/library/own/<any(exercises, programs):folder>/<id>/edit")
def edit(folder: str, id: str) -> Response:
    """The newest version, to be changed."""
    item = shelves.history(here.clinic().id, KINDS[folder], id)[0]
    return _form(KINDS[folder], item.content, id, item.version)


@blueprint.post("/library/own/<any(exercises, programs):folder>")
def create(folder: str) -> Response | Answer:
    return _saved(KINDS[folder], None)


@blueprint.post("/library/own/<any(exercises, programs):folder>/<id>")
def change(folder: str, id: str) -> Response | Answer:
    return _saved(KINDS[folder], id)


@blueprint.post("/library/own/file")
@here.looking
def open_file() -> Response | Answer:
    """A file of somebody's library in the form; nothing is kept until it is saved there."""
    sent = request.files.get("file")
    raw = sent.stream.read(LARGEST_FILE + 1) if sent else b""
    said = parsed("file", raw) if len(raw) <= LARGEST_FILE else _fault("is larger than 64 kB")
    kind = _kind(said) if isinstance(said, dict) else said
    if isinstance(said, Fault) or isinstance(kind, Fault):
        undone(f"That file {_said(said if isinstance(said, Fault) else kind)}")
        return redirect(url_for("desk.own_shelf.page"), 303)
    return _checked(kind, {key: value for key, value in said.items() if key != "id"})


def _fault(what: str) -> Fault:
    return Fault("file", "file", what)


def _said(fault: Any) -> str:
    return f"cannot be read: {fault.what}." if fault.field == "yaml" else f"{fault.what}."


def _kind(said: Mapping[str, Any]) -> str | Fault:
    for field, kind in (("levels", EXERCISE), ("phases", PROGRAM)):
        if field in said:
            return kind
    return _fault("has neither levels, as an exercise has, nor phases, as a program has")


def _saved(kind: str, id_: str | None) -> Response | Answer:
    """Save what was typed, or do what another button of the form asks for."""
    said, over = FORMS[kind].content(request.form), request.form.get("over", type=int)
    do = request.form.get("do")
    if do == MORE:
        return _form(kind, said, id_, over, more=MORE_ROWS)
    if do == CHECK:
        return _checked(kind, said, id_, over)
    try:
        item = shelves.save(
            here.clinician(),
            kind,
            said,
            wiring().library,
            here.now(),
            id_,
            over,
            key_of(request.form),
        )
    except Invalid as error:
        return _form(kind, said, id_, over, UNPROCESSABLE, error.errors)
    except Conflict as error:
        return _overtaken(kind, said, id_, error)
    done(f"{item.content['name']} is saved as version {item.version}.")
    return redirect(url_for(f"desk.library.{kind}", id=item.item_id), 303)


def _overtaken(kind: str, said: dict[str, Any], id_: str | None, error: Conflict) -> Response:
    """The form again, with nothing lost, when somebody else was quicker."""
    newest = shelves.history(here.clinic().id, kind, id_)[0] if id_ else None
    if newest is None:
        raise error
    if newest.retired_at:
        told = f"{newest.clinician.name} has retired this. What you typed is kept on this page: \
bring it back under “Our own” in another tab, then save."
    else:
        told = f"{error}. This is what you typed; saving it puts it over version {newest.version}."
    return _form(kind, said, id_, newest.version, HTTPStatus.CONFLICT, {"": [told]})


def _checked(
    kind: str, said: dict[str, Any], id_: str | None = None, over: int | None = None
) -> Response:
    """The form with what the lint says of it; a sound one is said to be."""
    try:
        sound = shelves.check(here.clinic().id, kind, said, wiring().library, id_)
    except Invalid as error:
        return _form(kind, said, id_, over, UNPROCESSABLE, error.errors)
    return _form(kind, said, id_, over, sound=sound)


def _form(
    kind: str,
    said: Mapping[str, Any],
    id_: str | None = None,
    over: int | None = None,
    status: int = 200,
    errors: Mapping[str, Sequence[str]] | None = None,
    sound: Exercise | Program | None = None,
    more: int = 0,
) -> Response:
    form = FORMS[kind]
    faults, others = beside(errors or {}, form.names(said))
    return _page(
        f"own_{kind}",
        status,
        said=form.view(said, more),
        faults=faults,
        others=others,
        id=id_,
        folder=FOLDERS[kind],
        over=over,
        key=key_of(request.form),
        sound=sound,
        sizes=phase_sizes(sound) if isinstance(sound, Program) else [],
        words=wording(library()),
        **form.choices(library()),
    )
