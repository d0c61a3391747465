"""`rehab replay FILE`: the policy over logs, with neither a database nor an app."""

import json
import sys
from typing import BinaryIO

import click

from rehab.programs.library import read_library
from rehab.programs.replay import Fault, replay_lines


@click.command()
@click.argument("file", type=click.File("rb"))
def replay(file: BinaryIO) -> None:
    """Run the progression policy over the logs in FILE (JSON Lines; - is standard input).

    One line of decisions a case, in order. A malformed case prints `line N: field: what` to
    standard error instead, and the exit status is then 2.
    """
    library = read_library()
    tiers = {id_: str(flag.tier) for id_, flag in library.red_flags.items()}
    faults = 0
    for outcome in replay_lines(file, library.policies, tiers):
        if isinstance(outcome, Fault):
            faults += 1
            click.echo(str(outcome), err=True)
        else:
            click.echo(json.dumps(outcome.as_dict(), separators=(",", ":")))
    if faults:
        sys.exit(2)
