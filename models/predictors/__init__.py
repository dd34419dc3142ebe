"""The online predictors of a block and the mixer that joins them with the language model."""
