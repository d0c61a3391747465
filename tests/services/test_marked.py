"""Answers kept under a mark."""

from rehab.services.marked import MarkedAnswers


def test_an_answer_is_worked_out_once_while_its_mark_holds() -> None:
    kept, made = MarkedAnswers(), []

    def work_out() -> bytes:
        made.append(len(made))
        return b"answer %d" % made[-1]

    assert [kept.give("m", work_out, lambda: "m") for _ in range(3)] == [b"answer 0"] * 3
    assert kept.give("n", work_out, lambda: "n") == b"answer 1"


def test_what_was_worked_out_while_the_mark_changed_is_given_but_not_kept() -> None:
    kept = MarkedAnswers()
    assert kept.give("old", lambda: b"of either", lambda: "new") == b"of either"
    assert len(kept) == 0
    assert kept.give("old", lambda: b"again", lambda: "old") == b"again"


def test_the_least_lately_given_is_forgotten_first() -> None:
    kept = MarkedAnswers(most=2)
    for mark in ("a", "b", "a", "c"):
        kept.give(mark, mark.encode, lambda mark=mark: mark)
    assert len(kept) == 2
    assert kept.give("a", lambda: b"new", lambda: "a") == b"a"
    assert kept.give("b", lambda: b"new", lambda: "b") == b"new"
