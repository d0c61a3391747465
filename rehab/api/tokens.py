"""API tokens: one's own, and for an owner everybody's. The secret is shown nowhere again."""

from typing import Any
from uuid import UUID

from marshmallow import Schema, fields

from rehab import clock
from rehab.api.bearer import clinician, owners_only
from rehab.api.http import Blueprint
from rehab.api.pages import page_of
from rehab.models.clinic import Clinician
from rehab.services import clinics, tokens

blueprint = Blueprint("tokens", "API tokens; `rehab token create` makes one")


class TokenOut(Schema):
    """`last_used_at` is up to a minute behind."""

    id = fields.String()
    scopes = fields.List(fields.String())
    created_at = fields.AwareDateTime()
    expires_at = fields.AwareDateTime(allow_none=True)
    last_used_at = fields.AwareDateTime(allow_none=True)
    revoked_at = fields.AwareDateTime(allow_none=True)


@blueprint.get("/tokens")
@blueprint.response(200, page_of(TokenOut))
def my_tokens() -> dict[str, Any]:
    """Your tokens, newest first."""
    return _all_of(clinician())


@blueprint.delete("/tokens/<string:id>")
@blueprint.response(204)
def revoke_mine(id: str) -> None:
    """End one of your tokens."""
    tokens.revoke_token(id, clock.now(), clinician().id)


@blueprint.get("/clinicians/<uuid:id>/tokens")
@owners_only
@blueprint.response(200, page_of(TokenOut))
def tokens_of(id: UUID) -> dict[str, Any]:
    """Somebody's tokens, newest first."""
    return _all_of(clinics.find_clinician(clinician().clinic_id, id))


@blueprint.delete("/clinicians/<uuid:id>/tokens/<string:token_id>")
@owners_only
@blueprint.response(204)
def revoke_theirs(id: UUID, token_id: str) -> None:
    """End one of somebody's tokens."""
    known = clinics.find_clinician(clinician().clinic_id, id)
    tokens.revoke_token(token_id, clock.now(), known.id)


def _all_of(person: Clinician) -> dict[str, Any]:
    return {"items": tokens.all_of(person), "next": None}
