"""Ratings as a form sends them: a whole number from 0 to 10, or nothing; nothing is not 0."""

from collections.abc import Iterable, Mapping

LOWEST, HIGHEST = 0, 10
SCALE = range(LOWEST, HIGHEST + 1)
CHOICES = {str(n): n for n in SCALE}


def rating(said: str) -> int | None:
    """The number that was chosen, None for none. Raises ValueError for anything else."""
    if said == "":
        return None
    if said not in CHOICES:
        raise ValueError("not a number from 0 to 10")
    return CHOICES[said]


def ratings(
    form: Mapping[str, str], names: Iterable[str]
) -> tuple[dict[str, int | None], set[str]]:
    """The named ratings of a form, and the names of those that cannot be read."""
    values: dict[str, int | None] = {}
    wrong: set[str] = set()
    for name in names:
        try:
            values[name] = rating(form.get(name, ""))
        except ValueError:
            wrong.add(name)
    return values, wrong
