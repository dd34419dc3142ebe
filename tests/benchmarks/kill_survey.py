"""Commands killed with SIGKILL at random moments, many times. `python -m tests.benchmarks.kill_survey [--kills N]`

Prints what was found after the kills: compress, resume, compress --delete, decompress, update and a model's download, each
killed N times; `--only NAME` takes one of them. Leaves with 1 if a source was lost, a target half-written, an archive did
not open, or a later run failed.
"""

import argparse
import os
import random
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.nacomp.kills import faults, scenarios


def main() -> int:
    """Run the survey."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--kills", type=int, default=12, help="for each command")
    parser.add_argument("--only", default="", help="compress, resume, rm, decompress, update or pull")
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    source = random.Random(asked.seed)
    bad = 0
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as scratch:
        os.environ["NACOMP_HOME"] = str(Path(scratch) / "home")
        for scenario in scenarios(Path(scratch)):
            if asked.only not in ("", scenario.name):
                continue
            found = Counter(faults(scenario, Path(scratch), asked.kills, source))
            good = found.pop("", 0)
            bad += found.total()
            told = ", ".join(f"{fault}: {count}" for fault, count in found.items()) or "nothing lost"
            print(
                f"{scenario.name:11} {asked.kills:3} kills, {good} of {asked.kills + 1} as promised; {told}",
                flush=True,
            )
    print(f"{time.monotonic() - began:.0f} s")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
