"""One spelling for a text, whatever phone wrote it: the forms in which replies are compared."""

import unicodedata

QUOTES = str.maketrans({**dict.fromkeys("“”„«»", '"'), **dict.fromkeys("\u2018\u2019\u201a`", "'")})

SPEAKING_SYMBOLS = frozenset("✅✔👍❤🙏😀😊🙂")
"""Pictures that answer a question; any other is left out."""

DROPPED = frozenset({"Mn", "Me", "Cf", "Cs", "Co", "Cn"})
SPACED = frozenset({"Cc", "So", "Sk"})


def written(text: str) -> str:
    """Lower case, no accents, straight quotes, digits 0-9, single spaces, nothing invisible."""
    plain = unicodedata.normalize("NFKC", text).casefold().translate(QUOTES)
    letters = (_letter(character) for character in unicodedata.normalize("NFKD", plain))
    return " ".join("".join(letters).split())


def _letter(character: str) -> str:
    if character.isdecimal():
        return str(unicodedata.decimal(character))
    if character in SPEAKING_SYMBOLS:
        return character
    category = unicodedata.category(character)
    return "" if category in DROPPED else " " if category in SPACED else character


def spoken(plain: str) -> str:
    """The words of a written text alone: "can't" is "cant", every other mark is a space."""
    kept = (c if c.isalnum() or c in SPEAKING_SYMBOLS else " " for c in plain.replace("'", ""))
    return " ".join("".join(kept).split())


def run_together(plain: str) -> tuple[str, str]:
    """The letters without the marks between them, then without the spaces: "S.T.O.P", "s t o p"."""
    joined = "".join(c for c in plain if c.isalnum() or c == " ")
    return " ".join(joined.split()), joined.replace(" ", "")
