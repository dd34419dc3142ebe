"""Archives as a whole: sources in, blocks, extraction out."""
