"""Neural lossless compression: `compress`, `decompress` and `open`, and the version.

Importing this package stays light; the engine and the container load with the first call.
"""

from nacomp.version import VERSION as __version__

__all__ = ["__version__"]
