"""Archives what a job file names, and says in one line what it saved.

    python nightly.py nightly.toml reports

What is archived already is skipped, and a night that was cut short goes on. Leaves with nacomp's exit code.
"""

import json
import subprocess
import sys
from datetime import date
from pathlib import Path


def main(job: str, reports: str) -> int:
    """Run the batch and read its report."""
    folder = Path(reports)
    folder.mkdir(parents=True, exist_ok=True)
    report = folder / "last.json"
    table = folder / f"{date.today()}.csv"
    command = [sys.executable, "-m", "nacomp", "batch", "--job", job, "--quiet"]
    done = subprocess.run([*command, "-f", "--report", str(report), "--csv", str(table)], check=False)
    if done.returncode <= 1:  # all archived, or some files failed: there is a report
        summary = json.loads(report.read_text(encoding="utf-8"))["summary"]
        saved = summary["original_size"] - summary["compressed_size"]
        print(f"{summary['done']} archived, {summary['failed']} failed, {saved:,} bytes saved so far")
    return done.returncode


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
