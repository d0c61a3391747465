"""A plan's own copies of its program and of the policy, as they were on the day it was assigned."""

import json
from collections.abc import Collection
from dataclasses import dataclass
from functools import lru_cache
from uuid import UUID

from sqlalchemy import Text, cast, select

from rehab.extensions import db
from rehab.models.plan import Plan
from rehab.programs.policy import Policy
from rehab.programs.program import Program


@dataclass(frozen=True, slots=True)
class Copies:
    """Of many plans the same."""

    program: Program
    policy: Policy


def copies_in(plan: Plan) -> Copies:
    """The copies of one plan."""
    return Copies(Program.from_dict(plan.program), Policy.from_dict(plan.policy))


def copies_of(plans: Collection[UUID]) -> dict[UUID, Copies]:
    """The copies of each plan; those that are word for word the same are made once."""
    if not plans:
        return {}
    columns = (Plan.id, cast(Plan.program, Text), cast(Plan.policy, Text))
    rows = db.session.execute(select(*columns).where(Plan.id.in_(plans)))
    return {id_: Copies(_program(program), _policy(policy)) for id_, program, policy in rows}


@lru_cache(maxsize=128)
def _program(copy: str) -> Program:
    return Program.from_dict(json.loads(copy))


@lru_cache(maxsize=128)
def _policy(copy: str) -> Policy:
    return Policy.from_dict(json.loads(copy))
