"""What can go wrong, told in one sentence."""

import pytest

from rehab import errors
from rehab.errors import Invalid, RehabError


@pytest.mark.parametrize(
    ("at_fault", "told"),
    [
        ({"zone": ["Mars is not an IANA time zone"]}, "zone: Mars is not an IANA time zone"),
        ({"phone": ["is too short", "has letters"]}, "phone: is too short has letters"),
        ({"step": ["is too high"], "reason": ["say why"]}, "step: is too high; reason: say why"),
    ],
)
def test_what_makes_no_sense_is_told_field_by_field(
    at_fault: dict[str, list[str]], told: str
) -> None:
    assert str(Invalid(at_fault)) == told


def test_the_fields_at_fault_are_the_errors_own() -> None:
    at_fault = {"step": ["is too high"]}
    error = Invalid(at_fault)
    at_fault["step"].append("changed later")
    assert error.errors == {"step": ["is too high"]}


def test_the_tree_in_the_docstring_is_the_tree() -> None:
    ours = (kind for kind in RehabError.__subclasses__() if kind.__module__ == errors.__name__)
    branches = {kind.__name__ for kind in ours}
    lines = (errors.__doc__ or "").splitlines()
    drawn = {line.split()[1] for line in lines if line.startswith(("├", "└"))}
    assert drawn == branches
