"""Keep who is signed in."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "rate_bucket",
        sa.Column("key", sa.LargeBinary(length=32), nullable=False),
        sa.Column("full_from", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_rate_bucket")),
    )
    op.create_table(
        "challenge",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("number_seal", sa.LargeBinary(length=32), nullable=False),
        sa.Column("code_shadow", sa.String(length=128), nullable=False),
        sa.Column(
            "patient_ids",
            sa.JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql"),
            nullable=False,
        ),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("passed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_challenge")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_challenge_token_hash")),
    )
    op.create_table(
        "password",
        sa.Column("clinician_id", sa.Uuid(), nullable=False),
        sa.Column("shadow", sa.String(length=128), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["clinician_id"], ["clinician.id"], name=op.f("fk_password_clinician_id_clinician")
        ),
        sa.PrimaryKeyConstraint("clinician_id", name=op.f("pk_password")),
    )
    op.create_table(
        "authenticator",
        sa.Column("clinician_id", sa.Uuid(), nullable=False),
        sa.Column("candidate", sa.Text(), nullable=True),
        sa.Column("secret", sa.Text(), nullable=True),
        sa.Column("last_step", sa.Integer(), nullable=True),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["clinician_id"], ["clinician.id"], name=op.f("fk_authenticator_clinician_id_clinician")
        ),
        sa.PrimaryKeyConstraint("clinician_id", name=op.f("pk_authenticator")),
    )
    op.create_table(
        "recovery_code",
        sa.Column("clinician_id", sa.Uuid(), nullable=False),
        sa.Column("shadow", sa.LargeBinary(length=32), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["clinician_id"], ["clinician.id"], name=op.f("fk_recovery_code_clinician_id_clinician")
        ),
        sa.PrimaryKeyConstraint("clinician_id", "shadow", name=op.f("pk_recovery_code")),
    )
    op.create_table(
        "sign_in",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("clinician_id", sa.Uuid(), nullable=True),
        sa.Column("patient_id", sa.Uuid(), nullable=True),
        sa.Column("device", sa.String(length=40), nullable=False),
        sa.Column("passed_second_factor", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("fresh_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(clinician_id IS NULL) <> (patient_id IS NULL)", name=op.f("ck_sign_in_one_person")
        ),
        sa.ForeignKeyConstraint(
            ["clinician_id"], ["clinician.id"], name=op.f("fk_sign_in_clinician_id_clinician")
        ),
        sa.ForeignKeyConstraint(
            ["patient_id"], ["patient.id"], name=op.f("fk_sign_in_patient_id_patient")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_sign_in_token_hash")),
    )
    with op.batch_alter_table("sign_in", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sign_in_clinician_id"), ["clinician_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_sign_in_patient_id"), ["patient_id"], unique=False)

    op.create_table(
        "link",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("purpose", sa.String(length=16), nullable=False),
        sa.Column("clinician_id", sa.Uuid(), nullable=True),
        sa.Column("patient_id", sa.Uuid(), nullable=True),
        sa.Column("plan_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "CASE WHEN clinician_id IS NULL THEN 0 ELSE 1 END"
            " + CASE WHEN patient_id IS NULL THEN 0 ELSE 1 END"
            " + CASE WHEN plan_id IS NULL THEN 0 ELSE 1 END = 1",
            name=op.f("ck_link_one_subject"),
        ),
        sa.ForeignKeyConstraint(
            ["clinician_id"], ["clinician.id"], name=op.f("fk_link_clinician_id_clinician")
        ),
        sa.ForeignKeyConstraint(
            ["patient_id"], ["patient.id"], name=op.f("fk_link_patient_id_patient")
        ),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.id"], name=op.f("fk_link_plan_id_plan")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_link")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_link_token_hash")),
    )
    with op.batch_alter_table("link", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_link_clinician_id"), ["clinician_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_link_patient_id"), ["patient_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_link_plan_id"), ["plan_id"], unique=False)


def downgrade() -> None:
    op.drop_table("link")
    op.drop_table("sign_in")
    op.drop_table("recovery_code")
    op.drop_table("authenticator")
    op.drop_table("password")
    op.drop_table("challenge")
    op.drop_table("rate_bucket")
