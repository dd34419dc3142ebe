"""MIXING.md section 10: the image profile, its contexts and what it foresees of a component."""

from collections import defaultdict

from nac_decoder.mixing_contexts import Context, clip, mixed
from nac_decoder.mixing_parts import combine, squash, stretch


class Image(Context):
    def __init__(self, byte: int, width: int) -> None:
        super().__init__(byte, width)
        self.place = -1
        """Of the component that was guessed last, until it is learnt."""
        self.taps: list[int] = []
        self.guesses: list[int] = []
        self.weights: defaultdict[tuple[int, int], list[int]] = defaultdict(lambda: [0] * 23)
        self.errors: dict[tuple[int, int], list[int]] = {}
        self.rough: dict[int, int] = {}
        self.chosen = (0, 0)
        """The colour and the activity of that component."""

    def inputs(self) -> list[int]:
        count = 256 >> self.done
        first = self.row * count - 256
        return [self.said(k, first, count) for k in range(8)]

    def said(self, k: int, first: int, count: int) -> int:
        def below(t: int) -> int:
            return squash((32 * t - 16 - 2 * self.guesses[k]) * 2840 // (self.errors[self.chosen][k] + 64))

        low, half, high = (below(t) for t in (first, first + count // 2, first + count))
        return stretch((high - half + 1) * 2**22 // (high - low + 2))

    def rows(self) -> list[int]:
        return [128 * (self.chosen[0] % 4) + 8 * self.chosen[1] + self.done]

    def drop(self) -> None:
        """What is guessed of a component that is passed is not learnt."""
        if self.place == len(self.past):
            self.place = -1

    def learn(self) -> None:
        if self.place < 0:
            return
        v, energy = 16 * self.past[self.place], sum(tap * tap for tap in self.taps)
        for f in (0, 1):
            factor = (v - self.guesses[f]) * 2 ** (17 - 2 * f) // (energy + 64)
            weights = self.weights[self.chosen[0], f]
            for i, tap in enumerate(self.taps):
                weights[i] = max(-(2**23), min(2**23, weights[i] + ((factor * tap + 32) >> 6)))
        away = [abs(v - g) for g in self.guesses]
        self.rough[self.place] = min(255, away[0] >> 2)
        errors = self.errors[self.chosen]
        for k in range(8):
            errors[k] += (16 * away[k] - errors[k]) >> 6
        self.place = -1

    def foresee(self) -> None:
        r, x, back, self.place = self.width, self.byte, self.back, len(self.past)
        k = self.place % x
        base = (back(x) + back(r) + 1) >> 1
        around = (x, r + x, r - x, 2 * x, 2 * r, 2 * r - x, r + 2 * x, r - 2 * x, 2 * r + x, 3 * x, 3 * r)
        self.taps = [back(d) - base for d in around]
        for c in range(1, min(k, 2) + 1):
            other = (back(x + c) + back(r + c) + 1) >> 1
            self.taps += [back(d + c) - other for d in (0, x, r + x, r - x, 2 * x, 2 * r)]
        sums = [sum(w * t for w, t in zip(self.weights[k, f], self.taps, strict=False)) for f in (0, 1)]
        w, n, nw, ne = back(x), back(r), back(r + x), back(r - x)
        p, pw, pn, pnw = (back(d + 1) if k else 0 for d in (0, x, r, r + x))
        plane = w + n - nw
        median = sorted((w, n, plane))[1]
        plain = [plane, w + p - pw, n + p - pn, plane + p - pw - pn + pnw, n + ne - back(2 * r - x), median]
        self.guesses = [max(0, min(4080, 16 * base + (total >> 16))) for total in sums]
        self.guesses += [16 * clip(g) for g in plain]
        self.chosen = (k, self.activity(k))
        self.errors.setdefault(self.chosen, [64 << (self.chosen[1] // 2)] * 8)

    def activity(self, k: int) -> int:
        r, x = self.width, self.byte
        shares = [(x, 2), (r, 2), (r + x, 1), (r - x, 1), (2 * x, 1), (2 * r, 1)] + ([(1, 3)] if k else [])
        total = sum(share * self.rough.get(self.place - d, 0) for d, share in shares if d > 0)
        bounds = [(16, 24)[i % 2] << (i // 2) for i in range(15)]
        return sum(total > bound for bound in bounds)

    def values(self) -> list[int]:
        self.learn()
        self.foresee()
        r, x, back = self.width, self.byte, self.back
        k, w, n, nw, ne = len(self.past) % x, back(x), back(r), back(r + x), back(r - x)
        c1, c2 = back(1), back(2)
        flat, mean = clip(w + n - nw), (w + n + 1) >> 1
        west, north = clip(w + c1 - back(x + 1)), clip(n + c1 - back(r + 1))
        both = clip(w + n - nw + c1 - back(x + 1) - back(r + 1) + back(r + x + 1))
        diagonal = clip(n + ne - back(2 * r - x))
        onward = clip(2 * w - back(2 * x)) << 8 | clip(2 * n - back(2 * r))
        first = [
            flat,
            mean << 8 | west,
            both,
            both << 8 | c1,
            west << 8 | north,
            w << 8 | n,
            w << 16 | n << 8 | ne,
        ]
        first += [diagonal << 8 | west, onward, (w + ne + 1) >> 1 << 8 | both, flat << 8 | both]
        first += [w >> 3 << 15 | n >> 3 << 10 | ne >> 3 << 5 | nw >> 3]
        found = [mixed(value, k) for value in first]
        found += [
            combine(c1 << 8 | c2, combine(both >> 2, k)),
            combine((both + west + north) // 3, combine(k, c1 >> 4)),
        ]
        return [*found, 0, c1, self.last(2), mixed(self.last(3), k)]
