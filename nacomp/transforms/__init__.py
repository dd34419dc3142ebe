"""Reversible views of content: what lies inside a file in another shape, so that the model sees it.

A view is one module with a stable id `KIND` and a pair of pure functions, `open_view` and `close_view`. Opening
finds the view of some bytes, or None; what it gives was closed again and compared. Closing is the decoder's
side: exact on every machine, bounded, and defined by `formats/TRANSFORMS.md`. Which views are tried where, and
how parts become blocks of an archive, is decided elsewhere; nothing here knows of archives or models.
"""
