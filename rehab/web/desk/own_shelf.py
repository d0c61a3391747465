"""The clinic's own exercises and programs: what there is, what was changed, and files of them."""

from io import BytesIO
from itertools import pairwise
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from flask import Blueprint, Response, redirect, request, url_for
from werkzeug.wrappers import Response as Answer

from rehab.errors import NotFound
from rehab.models.shelf import EXERCISE, PROGRAM, ShelfItem
from rehab.programs.library.changes import changes
from rehab.programs.library.writing import as_file
from rehab.services import shelf_faults, shelves, usage
from rehab.services.shelf_faults import FOLDERS
from rehab.web.desk import here
from rehab.web.desk.page import done
from rehab.web.desk.page import page as _page
from rehab.wiring import wiring

blueprint = Blueprint("own_shelf", __name__)

KINDS = {folder: kind for kind, folder in FOLDERS.items()}
LONG_AGO = (1980, 1, 1, 0, 0, 0)
"""The date of every file in the archive: the same shelf gives the same bytes."""

YAML, ZIP = "application/yaml; charset=utf-8", "application/zip"


@blueprint.get("/library/own")
def page() -> Response:
    """What the clinic has made, where it is in use, and what no longer fits the library."""
    items = shelves.newest(here.clinic().id)
    wrong: dict[str, list[str]] = {}
    for fault in shelf_faults.faults_of(items, wiring().library):
        wrong.setdefault(fault.file, []).append(f"{fault.field}: {fault.what}")
    return _page(
        "own_shelf",
        programs=[item for item in items if item.kind == PROGRAM],
        exercises=[item for item in items if item.kind == EXERCISE],
        folders=FOLDERS,
        wrong=wrong,
        running=usage.plans_by_program(here.clinic().id),
    )


@blueprint.get("/library/own/<any(exercises, programs):folder>/<id>/history")
def history(folder: str, id: str) -> Response:
    """Every version: who made it, when, and what it says that the one before did not."""
    versions = shelves.history(here.clinic().id, KINDS[folder], id)
    changed = [changes(old.content, new.content) for new, old in pairwise(versions)]
    return _page(
        "own_history",
        folder=folder,
        id=id,
        newest=versions[0],
        steps=list(zip(versions, [*changed, []], strict=True)),
    )


@blueprint.post("/library/own/<any(exercises, programs):folder>/<id>/retire")
def retire(folder: str, id: str) -> Answer:
    item = shelves.retire(here.clinician(), KINDS[folder], id, wiring().library, here.now())
    done(f"{item.content['name']} is retired. Plans that have it go on as they are.")
    return redirect(url_for(".page"), 303)


@blueprint.post("/library/own/<any(exercises, programs):folder>/<id>/bring-back")
def bring_back(folder: str, id: str) -> Answer:
    item = shelves.bring_back(here.clinician(), KINDS[folder], id, wiring().library, here.now())
    done(f"{item.content['name']} is offered again.")
    return redirect(url_for(".page"), 303)


@blueprint.get("/library/own/<any(exercises, programs):folder>/<id>.yaml")
def file(folder: str, id: str) -> Response:
    """One version as a file of the library; the newest unless `version` says which."""
    versions = shelves.history(here.clinic().id, KINDS[folder], id)
    wanted = request.args.get("version", str(versions[0].version))
    found = next((item for item in versions if str(item.version) == wanted), None)
    if found is None:
        raise NotFound(f"there is no version {wanted[:20]}")
    return _sent(as_file(found.content).encode(), f"{id}.yaml", YAML)


@blueprint.get("/library/own.zip")
def archive() -> Response:
    """All that is offered, as the folder that REHAB_LIBRARY takes."""
    items = [item for item in shelves.newest(here.clinic().id) if not item.retired_at]
    return _sent(_zipped(items), "own-library.zip", ZIP)


def _zipped(items: list[ShelfItem]) -> bytes:
    packed = BytesIO()
    with ZipFile(packed, "w", ZIP_DEFLATED) as archive:
        for item in items:
            name = ZipInfo(f"{FOLDERS[item.kind]}/{item.item_id}.yaml", LONG_AGO)
            archive.writestr(name, as_file(item.content))
    return packed.getvalue()


def _sent(body: bytes, name: str, kind: str) -> Response:
    answer = Response(body, content_type=kind)
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
