"""What a person can ask for, one file an operation. No printing and no exit codes here."""
