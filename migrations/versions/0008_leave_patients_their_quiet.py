"""Leave patients their quiet: hours of their own, between which they are texted."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("patient", schema=None) as batch_op:
        batch_op.add_column(sa.Column("texts_from", sa.Time(), nullable=True))
        batch_op.add_column(sa.Column("texts_until", sa.Time(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("patient", schema=None) as batch_op:
        batch_op.drop_column("texts_until")
        batch_op.drop_column("texts_from")
