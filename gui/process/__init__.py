"""The worker processes of the window: children that run the command line, and their answers."""
