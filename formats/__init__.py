"""The container: its one reader and its one writer. SPEC.md and NUMERICS.md beside it are the contract."""
