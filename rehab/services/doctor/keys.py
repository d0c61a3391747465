"""The keys: whether the secret opens what is sealed, and whether erasures are on record."""

from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import select

from rehab.extensions import db
from rehab.models.keyring import vault
from rehab.models.patient import Patient
from rehab.services.doctor.examination import Verdict, fail, ok, warn
from rehab.services.privacy import ledger
from rehab.settings import Settings
from rehab.vault import Unsealable


def opens(settings: Settings, has_secret: bool) -> Iterator[Verdict]:
    """The keyring, and with it one name."""
    if not has_secret:
        yield _without_secret(settings.data_dir / "secret_key")
        return
    try:
        ring = vault().ring
        db.session.scalar(select(Patient.given_name).limit(1))
    except Unsealable as error:
        yield fail(f"{error}; put back the secret that belongs to this database")
        return
    if ring.is_turning:
        yield warn("a change of keys has not come to its end: run `rehab keys rotate`")
    else:
        yield ok("the secret opens what is sealed")


def _without_secret(path: Path) -> Verdict:
    if db.session.scalar(select(Patient.id).limit(1)) is None:
        return ok(f"no secret yet: the first start makes {path}")
    return fail(f"the secret is gone, and nothing opens without it: put back {path} before a start")


def erasures(settings: Settings) -> Iterator[Verdict]:
    """Whoever was erased must stay so when an older backup is put back."""
    path = ledger.path_of(settings)
    known, noted = ledger.in_audit(), ledger.noted(path)
    if known - noted:
        yield warn(
            f"{path} lacks {len(known - noted)} of {len(known)} erasures: put the file back, or"
            " `rehab backup create` writes it anew"
        )
    else:
        yield ok(f"all {len(known)} erasures are in {path.name}")
