"""What wraps an archive from outside: recovery data against damage, and the seal of a password."""
