"""One policy file by itself, read as strictly as in a library."""

from dataclasses import replace
from pathlib import Path

from marshmallow import ValidationError

from rehab.programs.library.faults import Fault, LibraryFault, faults_of
from rehab.programs.library.files import _document
from rehab.programs.library.policies import PolicySchema
from rehab.programs.policy import Policy


def read_policy(path: Path) -> Policy:
    """The policy in `path`, whatever its id; raises LibraryFault with all of its faults."""
    document = _document(path, Path("policies", path.name))
    if isinstance(document, Fault):
        raise LibraryFault([replace(document, file=str(path))])
    try:
        policy: Policy = PolicySchema().load(document.content)
    except ValidationError as error:
        raise LibraryFault(faults_of(str(path), error.messages)) from error
    return policy
