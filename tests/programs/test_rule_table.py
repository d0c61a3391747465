"""The decision table in words: a line for every rule, and the words of docs/progression.md."""

import re
from pathlib import Path

from rehab.programs.explanations.table import TABLE
from rehab.programs.rules import RULES

PAPER = Path(__file__).parents[2] / "docs/progression.md"
ROW = re.compile(r"^\| (R\d+[a-z]?|[A-Z]{2,}) \| (.+?) \| (.+?) \|$", re.MULTILINE)


def test_every_rule_of_the_table_is_there_in_order() -> None:
    assert set(TABLE) >= {rule.id for rule in RULES if hasattr(rule, "id")}
    told = [name for name, *_ in ROW.findall(PAPER.read_text(encoding="utf-8"))]
    assert list(TABLE) == told


def test_the_words_are_those_of_the_paper_but_for_the_last_row_that_leans_on_the_others() -> None:
    paper = {name: (binds, does) for name, binds, does in ROW.findall(PAPER.read_text("utf-8"))}
    assert {k: tuple(v) for k, v in TABLE.items() if k != "UP"} == {
        name: words for name, words in paper.items() if name != "UP"
    }
    assert TABLE["UP"].does == paper["UP"][1]
