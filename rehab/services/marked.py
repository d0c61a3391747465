"""Answers that were worked out under a mark, kept to be given again while the mark is the same."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock

MOST = 1024
"""Answers that a process keeps; of some 3 kB each."""


class MarkedAnswers:
    """The answers of one process, the least lately given forgotten first; safe among threads."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._kept: OrderedDict[Hashable, bytes] = OrderedDict()
        self._lock = Lock()

    def __len__(self) -> int:
        return len(self._kept)

    def give(
        self, mark: Hashable, work_out: Callable[[], bytes], mark_now: Callable[[], Hashable]
    ) -> bytes:
        """The answer under `mark`, which was just read.

        One that is worked out is kept only if the mark is still the same by then: so what is kept
        under a mark was worked out while nothing else was the case. A mark must never come back.
        """
        with self._lock:
            kept = self._kept.get(mark)
            if kept is not None:
                self._kept.move_to_end(mark)
                return kept
        answer = work_out()
        if mark_now() == mark:
            self._keep(mark, answer)
        return answer

    def _keep(self, mark: Hashable, answer: bytes) -> None:
        with self._lock:
            self._kept[mark] = answer
            if len(self._kept) > self._most:
                self._kept.popitem(last=False)
