"""`python -m nacomp` is the command line."""

from nacomp.cli.main import main

if __name__ == "__main__":
    main()
