"""What every job stands on: progress and cancellation, output files, memory, and the events a command tells."""
