"""The command line: parsing, progress, JSON lines and exit codes. No logic of its own."""
