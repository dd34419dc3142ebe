"""How many rows go into one launch: a card that also draws the screen must come back to it in time.

Windows takes a driver for hung after two seconds (`TdrDelay`) and resets it; other systems stutter. So a launch, which is
all kernels of a forward, is to take an eighth of that. Few rows come first, as nothing is known of the device and the model
then; each launch tells how many the next may have. That rows take more than their share where there are more of them does
not happen: they share the reading of the weights. How they are cut changes no bit.
"""

LAUNCH_SECONDS = 0.25
FIRST_ROWS, LEAST_ROWS, MOST_ROWS = 32, 8, 4096
"""8 rows are what a group multiplies at a time: fewer take as long. 4,096 rows of SmolLM2-135M take 200 MB beside caches."""
GROWTH = 2
"""How many times as many the next launch may have: what has been measured of a few rows is mostly what starting takes."""


class Pace:
    """What is known of one device with one model."""

    def __init__(self) -> None:
        self.rows = FIRST_ROWS
        """The most that the next launch may have."""

    def took(self, rows: int, seconds: float) -> None:
        """A launch of so many rows took so long."""
        fit = int(rows * LAUNCH_SECONDS / max(seconds, 1e-9))
        self.rows = max(LEAST_ROWS, min(fit, GROWTH * self.rows, MOST_ROWS))
