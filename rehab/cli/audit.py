"""`rehab audit`: whether anybody has changed what is on record, and where each chain ends."""

import re
from typing import Any
from uuid import UUID

import click
from flask.cli import with_appcontext

from rehab.models.audit import NO_CLINIC
from rehab.services import audit_chain
from rehab.services.audit_chain import Break, End
from rehab.tenancy import across_clinics

NOTED = re.compile(r"(?P<clinic>[0-9a-fA-F-]{36}):(?P<count>[0-9]{1,18}):(?P<hash>[0-9a-f]{64})")


class NotedEnd(click.ParamType):
    """An end as `rehab audit verify` printed it."""

    name = "CLINIC:COUNT:HASH"

    def convert(self, value: Any, param: Any, ctx: Any) -> tuple[UUID, End]:
        found = NOTED.fullmatch(value)
        if found is None:
            self.fail(f"{value!r} is not CLINIC:COUNT:HASH", param, ctx)
        try:
            return UUID(found["clinic"]), End(int(found["count"]), found["hash"])
        except ValueError:
            self.fail(f"{found['clinic']} is no id", param, ctx)


@click.group("audit")
def audit() -> None:
    """Who did what, as it is on record."""


@audit.command("verify")
@click.option(
    "--expect",
    "noted",
    multiple=True,
    type=NotedEnd(),
    help="An end that was noted before; may be given for each clinic.",
)
@with_appcontext
@across_clinics("the audit is verified for all")
def verify(noted: tuple[tuple[UUID, End], ...]) -> None:
    """Walk every chain and print its end. Keep the ends elsewhere, and expect them next time."""
    broken = list(audit_chain.verify_all(dict(noted)))
    for found in broken:
        click.echo(_told(found), err=True)
    if broken:
        raise click.ClickException(f"{len(broken)} of the chains of the audit do not hold")
    for clinic_id, end in audit_chain.ends().items():
        click.echo(f"{clinic_id}:{end.count}:{end.hash}")


def _told(found: Break) -> str:
    whose = "the operator" if found.clinic_id == NO_CLINIC else f"clinic {found.clinic_id}"
    return f"{whose}, entry {found.seq}: {found.why}"
