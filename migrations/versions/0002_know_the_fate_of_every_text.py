"""Know the fate of every text."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "gate",
        sa.Column("scope", sa.String(length=64), nullable=False),
        sa.Column("tokens", sa.Float(), nullable=False),
        sa.Column("filled_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("closures", sa.Integer(), nullable=False),
        sa.Column("closed_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.String(length=64), nullable=True),
        sa.PrimaryKeyConstraint("scope", name=op.f("pk_gate")),
    )
    op.create_table(
        "heartbeat",
        sa.Column("worker", sa.String(length=80), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("worker", name=op.f("pk_heartbeat")),
    )
    op.create_table(
        "tally",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("label", sa.String(length=40), nullable=False),
        sa.Column("count", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("name", "label", name=op.f("pk_tally")),
    )
    op.create_table(
        "kept_answer",
        sa.Column("key", sa.LargeBinary(length=32), nullable=False),
        sa.Column("request", sa.LargeBinary(length=32), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("etag", sa.String(length=80), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("content_type", sa.String(length=80), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_kept_answer")),
    )
    op.create_index(op.f("ix_kept_answer_at"), "kept_answer", ["at"], unique=False)
    with op.batch_alter_table("alert", schema=None) as batch_op:
        batch_op.alter_column("patient_id", existing_type=sa.Uuid(), nullable=True)

    with op.batch_alter_table("conversation", schema=None) as batch_op:
        batch_op.add_column(sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True))

    with op.batch_alter_table("outbound_message", schema=None) as batch_op:
        batch_op.add_column(sa.Column("offered_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("looks", sa.Integer(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("losses", sa.Integer(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("look_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.create_index(
            "ix_outbound_message_look",
            ["look_at"],
            unique=False,
            sqlite_where=sa.text("state = 'unknown' AND settled_at IS NULL"),
            postgresql_where=sa.text("state = 'unknown' AND settled_at IS NULL"),
        )
        batch_op.create_index(
            "ix_outbound_message_expired",
            ["clinic_id", "settled_at"],
            unique=False,
            sqlite_where=sa.text("state = 'expired'"),
            postgresql_where=sa.text("state = 'expired'"),
        )
        batch_op.create_index(
            "ix_outbound_message_unreported",
            ["accepted_at"],
            unique=False,
            sqlite_where=sa.text("state = 'accepted' AND settled_at IS NULL"),
            postgresql_where=sa.text("state = 'accepted' AND settled_at IS NULL"),
        )

    with op.batch_alter_table("sms_consent", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "kinds",
                sa.JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql"),
                nullable=False,
                server_default="[]",
            )
        )
        batch_op.add_column(sa.Column("most_a_day", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("hours", sa.String(length=11), nullable=True))
        batch_op.add_column(
            sa.Column("zone", sa.String(length=64), nullable=False, server_default="")
        )
        batch_op.add_column(
            sa.Column("language", sa.String(length=8), nullable=False, server_default="en")
        )

    op.execute(
        "UPDATE outbound_message SET accepted_at = claimed_at, offered_at = claimed_at"
        " WHERE state = 'accepted'"
    )
    op.execute(
        "UPDATE outbound_message SET look_at = claimed_at, offered_at = claimed_at"
        " WHERE state = 'unknown'"
    )


def downgrade() -> None:
    with op.batch_alter_table("sms_consent", schema=None) as batch_op:
        batch_op.drop_column("language")
        batch_op.drop_column("zone")
        batch_op.drop_column("hours")
        batch_op.drop_column("most_a_day")
        batch_op.drop_column("kinds")

    with op.batch_alter_table("outbound_message", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_outbound_message_expired",
            sqlite_where=sa.text("state = 'expired'"),
            postgresql_where=sa.text("state = 'expired'"),
        )
        batch_op.drop_index(
            "ix_outbound_message_unreported",
            sqlite_where=sa.text("state = 'accepted' AND settled_at IS NULL"),
            postgresql_where=sa.text("state = 'accepted' AND settled_at IS NULL"),
        )
        batch_op.drop_index(
            "ix_outbound_message_look",
            sqlite_where=sa.text("state = 'unknown' AND settled_at IS NULL"),
            postgresql_where=sa.text("state = 'unknown' AND settled_at IS NULL"),
        )
        batch_op.drop_column("look_at")
        batch_op.drop_column("losses")
        batch_op.drop_column("looks")
        batch_op.drop_column("accepted_at")
        batch_op.drop_column("offered_at")

    with op.batch_alter_table("conversation", schema=None) as batch_op:
        batch_op.drop_column("answered_at")

    with op.batch_alter_table("alert", schema=None) as batch_op:
        batch_op.alter_column("patient_id", existing_type=sa.Uuid(), nullable=False)

    op.drop_table("kept_answer")
    op.drop_table("tally")
    op.drop_table("heartbeat")
    op.drop_table("gate")
