"""How often somebody has knocked: one bucket a door and a person, shared by every machine."""

from sqlalchemy import Float, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from rehab.extensions import Model


class RateBucket(Model):
    """A bucket of tokens, kept as the one number that tells how many it holds.

    `key` is a hash, so that the table names nobody. `full_from` is the second, counted from 1970,
    from which the bucket is full again: a row whose second has passed may be forgotten.
    """

    __tablename__ = "rate_bucket"

    key: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    full_from: Mapped[float] = mapped_column(Float)
