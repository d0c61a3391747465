"""What a log must not say: phone numbers, e-mail addresses, names, and values of the database.

It rather masks too much: any seven digits in a row, however they are grouped, are a number to ring.
Ids, hashes, times of day and this machine's own addresses stay legible.
"""

import re
from collections.abc import Iterable, Mapping, MutableMapping
from datetime import date, time
from typing import Any
from uuid import UUID

PHONE, EMAIL, NAME, VALUES = "[phone]", "[e-mail]", "[name]", "[values]"

_GAP = r"(?:[\s().\-/_+·•\u00ad\u2010-\u2015\u2212\u200b-\u200f\u202a-\u202e\u2060-\u2069]"
_IN_URLS = r"|%0[9ADad]|%2[089BDEFbdef]|%[Cc]2%[ABab][0-9A-Fa-f]|%[Ee]2%8[0-9A-Fa-f]%[0-9A-Fa-f]{2}"
_IN_QUOTES = r"|\\x[ab][0-9a-f]|\\u(?:00[ab]|20[0-9a-f]|221)[0-9a-f]|\\[tnr])"
GAP = _GAP + _IN_URLS + _IN_QUOTES
"""What people and programs put between the digits of a number."""

ENDS = r"\n\[SQL:|\nCONTEXT:|\n\nThe\ above|\n\nDuring\ handling|\n?\Z"
"""What follows the row that PostgreSQL quotes: the row itself may have lines."""

SHOWN = re.compile(
    r"""
    (?P<values>
        \[parameters:\ .*?(?:\](?=\n|\Z)|\Z)                    # SQLAlchemy
      | (?<=Failing\ row\ contains\ )\(.*?(?:\)\.(?=ENDS)|\Z)   # PostgreSQL
      | (?<=\)=)\((?:[^()\n]|\([^()\n]*\))*\)(?=\ (?:already|is\ (?:not|still)|conflicts))
    )
  | (?P<email>[^\s@<>"'(),:;=\[\]]{1,64}(?:@|%40)[\w.\-]{1,253})
  | (?P<kept>
        (?<![\w%+]) (?:
            [0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}
          | (?=[0-9a-f]*[a-f]) (?:[0-9a-f]{64}|[0-9a-f]{40}|[0-9a-f]{32})
          | [A-Z]{2}[0-9a-f]{32}
          | (?:19|20)\d\d-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])
            (?:[T ](?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:[.,]\d{1,6})?)?(?:Z|[+-]\d\d:\d\d)?)?
          | (?:127(?:\.\d{1,3}){3}|0\.0\.0\.0)(?::\d{1,5})?
        ) (?![\w%]|[.\-]\d)
    )
  | (?P<phone>\+?\d(?:GAP{0,4}\d){6,})
  | (?P<word>[^\W\d_]+)
    """.replace("GAP", GAP).replace("ENDS", ENDS),
    re.VERBOSE | re.DOTALL,
)

SHORT = 3
"""Letters of a name that may well be a word of the log, as May or Ana: masked as names are
written, not as words are."""


class Redactor:
    """Masks what must not be read. `names` may grow while it is in use."""

    def __init__(self, names: Iterable[str] = ()) -> None:
        self._names: set[str] = set()
        self.register(*names)

    def register(self, *names: str) -> None:
        """Mask each word of these names from now on, in any case; short ones as they are spelt."""
        for name in names:
            for word in re.findall(r"[^\W\d_]+", name):
                short = {word, word.title(), word.upper()}
                self._names |= short if len(word) <= SHORT else {word.casefold()}

    def __call__(self, text: str) -> str:
        """`text` without phone numbers, e-mail addresses, registered names and row values."""
        return SHOWN.sub(self._masked, text)

    def _masked(self, found: re.Match[str]) -> str:
        kind, text = found.lastgroup, found.group()
        if kind == "word":
            return NAME if text in self._names or text.casefold() in self._names else text
        return {"phone": PHONE, "email": EMAIL, "values": VALUES}.get(kind or "", text)

    def value(self, value: Any) -> Any:
        """A value of an event: text and what hides text are masked, ids, times and such are not."""
        if value is None or isinstance(value, bool | float | UUID | date | time):
            return value
        if isinstance(value, int):
            return value if self(str(value)) == str(value) else PHONE
        if isinstance(value, Mapping):
            return {self(str(key)): self.value(part) for key, part in value.items()}
        if isinstance(value, list | tuple | set | frozenset):
            return [self.value(part) for part in value]
        return self(str(value))

    def processor(
        self, _logger: Any, _method: str, event: MutableMapping[str, Any]
    ) -> MutableMapping[str, Any]:
        """The redactor as a processor of structlog: the last before the one that renders.

        Comes after `format_exc_info`; what begins with an underscore is structlog's own.
        """
        for key in list(event):
            if not key.startswith("_"):
                event[key] = self.value(event[key])
        return event
