"""Keep clinics apart: roles, people who left, and tokens that end."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

FIRST_OF_EACH_CLINIC = """
UPDATE clinician SET role = 'owner' WHERE id = (
    SELECT colleague.id FROM clinician AS colleague
    WHERE colleague.clinic_id = clinician.clinic_id
    ORDER BY colleague.created_at, colleague.id LIMIT 1
)
"""


def upgrade() -> None:
    with op.batch_alter_table("clinician", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("role", sa.String(length=16), nullable=False, server_default="clinician")
        )
        batch_op.add_column(sa.Column("deactivated_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.create_check_constraint(
            op.f("ck_clinician_known_role"), "role in ('owner', 'clinician', 'read_only')"
        )
    with op.batch_alter_table("clinician", schema=None) as batch_op:
        batch_op.alter_column("role", server_default=None)
    op.execute(FIRST_OF_EACH_CLINIC)
    with op.batch_alter_table("api_token", schema=None) as batch_op:
        batch_op.add_column(sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("api_token", schema=None) as batch_op:
        batch_op.drop_column("revoked_at")
        batch_op.drop_column("last_used_at")
    with op.batch_alter_table("clinician", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("ck_clinician_known_role"), type_="check")
        batch_op.drop_column("deactivated_at")
        batch_op.drop_column("role")
