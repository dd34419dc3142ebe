"""A second decoder, written from SPEC.md, NUMERICS.md and PREDICTORS.md alone.

It shares no line with nacomp and imports nothing of it: `test_second_decoder.py` checks both that and that it gives
back the golden archives' bytes. What it proves is that the three pages are enough to read an archive without us. It is
plain Python and numpy, made to be read beside the pages, and does about 400 tokens of the tiny model a second.

    python -m tests.second_decoder ARCHIVE FOLDER [MODEL.gguf ...]
"""
