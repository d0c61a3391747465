"""Tapbacks: a thumb or a heart that a phone sends in words, quoting what we wrote."""

import re

FORM = re.compile(
    r"""\W*(?:
      (?:liked|loved|disliked|laughed\ at|emphasi[sz]ed|questioned)\ (?:"|an?\ )
    | reacted\ (?:\S+\ to\ |to\ ") | removed\ an?\ .{1,40}\ from\ "
    | (?:no\ )?(?:le|me)\ (?:gusto|encanto|gusta|encanta|dio\ risa)\ (?:a\ )?(?:"|una?\ )
    | (?:se\ rio\ de|enfatizo|exclamo|pregunto|cuestiono)\ (?:"|una?\ )
    | (?:ha\ )?reacciono\ (?:con\ )?(?:\S+\ a\ |a\ ") | a\ (?:aime|adore)\ "
    | a\ reagi\ (?:avec\ )?(?:\S+\ a\ |a\ ") | (?:to|a)\ "
    ) | \S{1,4}\ (?:to|a)\ " """,
    re.VERBOSE,
)
"""Most pictures are gone from a normalised text, so that the one of a reaction may be missing."""


def is_tapback(written: str) -> bool:
    """Whether a normalised text only quotes ours: STOP, DONE or numbers in it are our own."""
    return FORM.match(written) is not None
