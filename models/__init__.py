"""Everything that predicts: engines, tokens, online predictors, and the catalogue of models."""
