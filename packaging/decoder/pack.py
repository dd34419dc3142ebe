"""Packs the decoder with all it needs into one file: `python packaging/decoder/pack.py FILE.pyz`.

`python FILE.pyz ARCHIVE -o FOLDER` then runs it from there: one file to lay beside archives that shall outlive us. It is
a zip file; the code, the seven pages and the embedded model lie in it as they are. The same sources give the same bytes.
"""

import sys
import zipfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path.insert(0, str(HERE))

from nac_decoder.pages import KEPT  # noqa: E402  # it lies beside this program


def main(target: Path) -> None:
    """Names in order, one time for all: neither says anything about the machine."""
    inside = {path.relative_to(HERE).as_posix(): path for path in (HERE / "nac_decoder").glob("*.py")}
    inside |= {name: HERE / name for name in ("__main__.py", "README.md")}
    inside |= {f"nac_decoder/kept/{name}": ROOT / name for name in KEPT}
    with zipfile.ZipFile(target, "w") as archive:
        for name in sorted(inside):
            entry = zipfile.ZipInfo(name)
            entry.external_attr = 0o644 << 16
            entry.create_system = 3
            archive.writestr(entry, inside[name].read_bytes(), zipfile.ZIP_DEFLATED, 9)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
