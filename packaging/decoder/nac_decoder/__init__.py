"""A decoder written from SPEC.md, TRANSFORMS.md, NUMERICS.md, PREDICTORS.md, MIXING.md, JPEG.md and PICTURES.md alone.

It shares no line with nacomp and imports nothing of it: `tests/second_decoder` checks both that and that it gives back the
golden archives' bytes. What it proves is that the seven pages are enough to read an archive without us. It is plain Python
and numpy, made to be read beside the pages, and does about 400 tokens of the tiny model a second.
"""
