"""The program, as `nacomp` and as `python -m nacomp`: the command line, once it is loaded.

Loading it takes a fifth of a second, on a busy machine a second. Who presses Ctrl-C meanwhile is told what all others are.
"""

import sys


def main() -> int:
    """Run the command line of this process; it ends the process itself, unless it could not begin."""
    try:
        from nacomp.cli.main import main as run
    except KeyboardInterrupt:
        print("nacomp: Stopped on request; nothing was left behind.", file=sys.stderr)
        return 130
    run()
    return 0


if __name__ == "__main__":
    sys.exit(main())
