"""The alphabet of a plain text message (GSM 03.38): 160 septets fit in one, and what fits in a
septet is not what fits in a character.
"""

import unicodedata

BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ"
    " !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§"
    "¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
EXTENDED = frozenset("^{}\\[~]|€\f")
"""Each of these takes two septets: an escape and the character."""

ALPHABET = BASIC | EXTENDED

ONE_MESSAGE = 160
"""Septets in a text of one part; one more and it is sent, and paid, as two."""

LIKENESSES = {
    "'": "\u2018\u2019\u201a\u201b\u2032\u02bc\u00b4`",
    '"': "\u201c\u201d\u201e\u00ab\u00bb\u2033",
    "-": "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\u2022",
    ".": "\u00b7",
    "x": "\u00d7",
    "/": "\u00f7",
    "d": "đð",
    "D": "ĐÐ",
    "e": "ə",
    "h": "ħ",
    "H": "Ħ",
    "i": "\u0131",
    "l": "ł",
    "L": "Ł",
    "n": "ŋ",
    "N": "Ŋ",
    "oe": "œ",
    "OE": "Œ",
    "t": "ŧ",
    "T": "Ŧ",
    "th": "þ",
    "Th": "Þ",
}
"""What to write for characters that do not come apart into a letter and an accent."""

STAND_INS = {character: plain for plain, like in LIKENESSES.items() for character in like}


def septets(text: str) -> int | None:
    """The length of `text` in septets; None when it holds a character outside the alphabet."""
    if outside(text):
        return None
    return len(text) + sum(character in EXTENDED for character in text)


def outside(text: str) -> list[str]:
    """The characters of `text` that a plain text message cannot carry, each once."""
    return [c for c in dict.fromkeys(text) if c not in ALPHABET]


def plain(text: str) -> str:
    """`text` in the alphabet, as near as it gets: é stays, á becomes a, ł becomes l.

    White space of any kind becomes one space; what has no likeness is left out. Never fails.
    """
    composed = unicodedata.normalize("NFC", text)
    if not ALPHABET.issuperset(composed):
        composed = "".join(_nearest(character) for character in composed)
    return " ".join(composed.split())


def shortened(text: str, longest: int) -> str:
    """The beginning of `text` that fits in `longest` septets; `text` is in the alphabet.

    Whole words where they fill half of it or more: "Riverside", not "Riverside Reha".
    """
    kept = text
    while (septets(kept) or 0) > longest:
        kept = kept[:-1]
    words = kept.rpartition(" ")[0]
    within_a_word = kept != text and not text[len(kept)].isspace()
    return (words if within_a_word and 2 * len(words) >= longest else kept).rstrip()


def _nearest(character: str) -> str:
    if character.isspace():
        return " "
    if character in ALPHABET:
        return character
    if character in STAND_INS:
        return STAND_INS[character]
    decomposed = unicodedata.normalize("NFKD", character)
    return "".join(c for c in decomposed if c in ALPHABET)
