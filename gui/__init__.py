"""The desktop application. The only package that may import PySide6.

Rooms, each importing only what is left of it: `logic` (no Qt) <- `process` <- `controllers` <- `views` <- `application.py`.
`look` stands beside `process` and knows `logic` alone.
"""
