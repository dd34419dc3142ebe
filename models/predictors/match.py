"""The match model: the longest verified repeat of a stream's ending anywhere in the block so far."""

from nacomp.models.predictors.history import context_hashes

LENGTH_LIMIT = 65535


class MatchModel:
    """One pointer per stream into the histories of all streams; it predicts the symbol it points at."""

    def __init__(self, histories: list[list[int]], minimum: int, table_bits: int) -> None:
        """`histories` is the block's own and grows outside; `minimum` symbols are the shortest repeat."""
        self._histories = histories
        self._minimum = minimum
        self._shift = 64 - table_bits
        self._seen: dict[int, tuple[int, int]] = {}
        self._pointer: list[tuple[int, int] | None] = [None] * len(histories)
        self._length = [0] * len(histories)

    def predict(self, stream: int) -> tuple[int, int]:
        """(symbol, length of the repeat), or (-1, 0) where there is none or its end is not written yet."""
        pointer = self._pointer[stream]
        if pointer is None or pointer[1] >= len(self._histories[pointer[0]]):
            return -1, 0
        return self._histories[pointer[0]][pointer[1]], self._length[stream]

    def learn(self, stream: int) -> None:
        """Follow the newest symbol of `stream`, which its history already holds."""
        if not self._minimum:
            return
        history = self._histories[stream]
        self._follow(stream, history[-1])
        if len(history) < self._minimum:
            return
        key = context_hashes(history, self._minimum)[-1] >> self._shift
        if self._pointer[stream] is None:
            self._search(stream, key)
        self._seen[key] = (stream, len(history))

    def _follow(self, stream: int, symbol: int) -> None:
        predicted, length = self.predict(stream)
        pointer = self._pointer[stream]
        if predicted == symbol and pointer is not None:
            self._pointer[stream] = (pointer[0], pointer[1] + 1)
            self._length[stream] = min(length + 1, LENGTH_LIMIT)
        else:
            self._pointer[stream] = None
            self._length[stream] = 0

    def _search(self, stream: int, key: int) -> None:
        found = self._seen.get(key)
        if found is None:
            return
        length = self._common(stream, found)
        if length >= self._minimum:
            self._pointer[stream] = found
            self._length[stream] = length

    def _common(self, stream: int, place: tuple[int, int]) -> int:
        """How many symbols before `place` equal the stream's ending, up to 32."""
        here, there = self._histories[stream], self._histories[place[0]]
        length, most = 0, min(32, len(here), place[1])
        while length < most and here[-1 - length] == there[place[1] - 1 - length]:
            length += 1
        return length
