"""The benchmark's pictures and page: ratio against speed both ways, and size by file. Light background, PNG and SVG."""

import html
from collections.abc import Sequence
from pathlib import Path

import matplotlib as mpl

mpl.use("agg")
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from nacomp.operations.benchmark import SUMMARY_HEADINGS, Result, summary, summary_cells

INK, GRID, OURS = "#1f2933", "#d9dee3", "#c2410c"
OTHERS = ("#64748b", "#0f766e", "#1d4ed8", "#7c3aed", "#a16207", "#be185d", "#334155", "#15803d")
MARKERS = "osD^vP<>X"
LABEL_GAP = 13
"""Points between two labels of a plot, at least."""
AWAY = sorted(range(-294, 295, 7), key=abs)
"""How far up or down a label may move."""

STYLE = {
    "font.size": 11,
    "axes.edgecolor": "#9aa5b1",
    "axes.labelcolor": INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
    "text.color": INK,
    "xtick.color": INK,
    "ytick.color": INK,
    "svg.fonttype": "none",
    "figure.facecolor": "white",
}


def write_pages(results: Sequence[Result], about: dict[str, str], out: Path) -> None:
    """The two pictures and `index.html`."""
    with mpl.rc_context(STYLE):
        _save(_ratio_against_speed(summary(results), about), out / "ratio-speed")
        _save(_size_by_file(results, about), out / "size-by-file")
    (out / "index.html").write_text(page(results, about), encoding="utf-8")


def _save(figure: Figure, path: Path) -> None:
    figure.savefig(path.with_suffix(".svg"), bbox_inches="tight")
    figure.savefig(path.with_suffix(".png"), bbox_inches="tight", dpi=130)
    plt.close(figure)


def _ratio_against_speed(rows: Sequence[Result], about: dict[str, str]) -> Figure:
    figure, (there, back) = plt.subplots(1, 2, figsize=(12, 5.2), sharey=True, constrained_layout=True)
    _speed_panel(there, rows, [r.compress_speed for r in rows], "compression")
    _speed_panel(back, rows, [r.decompress_speed for r in rows], "decompression")
    there.set_ylabel("times smaller (more is better)")
    figure.suptitle(f"Ratio against speed, all files of {about['corpus']}", fontsize=13)
    return figure


def _speed_panel(axes: Axes, rows: Sequence[Result], speeds: Sequence[float], label: str) -> None:
    axes.set_xscale("log")
    axes.grid(color=GRID, linewidth=0.8)
    for row, speed in zip(rows, speeds, strict=True):
        axes.scatter(speed, row.ratio, s=80, color=OURS if row.ours else OTHERS[0], zorder=3)
    ratios = [row.ratio for row in rows]
    axes.set_ylim(min(ratios) - 0.12 * max(ratios), max(ratios) * 1.08)
    # Names stand to the right of their points, so there has to be room.
    axes.set_xlim(min(speeds) / 2, max(speeds) * 40)
    axes.xaxis.set_major_formatter(mpl.ticker.FuncFormatter(lambda speed, _: _words(speed)))
    axes.xaxis.set_minor_locator(mpl.ticker.NullLocator())
    axes.set_xlabel(label)
    _name_points(axes, rows, speeds)


def _words(speed: float) -> str:
    """A speed given in kB/s, short: 10 MB/s."""
    for unit in ("kB/s", "MB/s"):
        if speed < 1000:
            return f"{speed:g} {unit}"
        speed /= 1000
    return f"{speed:g} GB/s"


def _name_points(axes: Axes, rows: Sequence[Result], speeds: Sequence[float]) -> None:
    """Names beside their points, as near as they get without covering another name or point, else with a thin line."""
    axes.figure.canvas.draw()
    scale = 72 / axes.figure.dpi
    places = [
        axes.transData.transform((speed, row.ratio)) * scale for row, speed in zip(rows, speeds, strict=True)
    ]
    boxes = [(x - 6, x + 6, y) for x, y in places]
    for number in sorted(range(len(rows)), key=lambda n: -places[n][1]):
        row, (x, y) = rows[number], places[number]
        others = boxes[:number] + boxes[number + 1 :]
        left, right = x + 8, x + 16 + 6.7 * len(row.codec)
        away = next(a for a in AWAY if not any(_covers(left, right, y + a, box) for box in others))
        boxes.append((left, right, y + away))
        line = {"arrowstyle": "-", "color": "#9aa5b1", "linewidth": 0.8, "relpos": (0, 0.5), "shrinkB": 5}
        axes.annotate(
            row.codec,
            (speeds[number], row.ratio),
            (10 if not away else 18, away),
            textcoords="offset points",
            va="center",
            color=OURS if row.ours else INK,
            weight="bold" if row.ours else "normal",
            arrowprops=line if away else None,
        )


def _covers(left: float, right: float, height: float, box: tuple[float, float, float]) -> bool:
    return left < box[1] and box[0] < right and abs(height - box[2]) < LABEL_GAP


def _size_by_file(results: Sequence[Result], about: dict[str, str]) -> Figure:
    """A row for each file, a mark for each compressor: bars of nine compressors would be a hundred."""
    files = list(dict.fromkeys(r.file for r in results))
    codecs = list(dict.fromkeys(r.codec for r in results))
    sizes = {r.file: r.size for r in results}
    figure, axes = plt.subplots(figsize=(10, 0.46 * len(files) + 2.2), constrained_layout=True)
    others = 0
    own_marks = iter("*dhp8")
    for codec in codecs:
        mine = [r for r in results if r.codec == codec]
        if mine[0].ours:
            look = {"color": OURS, "marker": next(own_marks), "s": 130, "zorder": 4}
        else:
            look = {"color": OTHERS[others % len(OTHERS)], "marker": MARKERS[others % len(MARKERS)], "s": 48}
            others += 1
        places = [files.index(r.file) for r in mine]
        axes.scatter([r.bits_per_byte for r in mine], places, label=codec, alpha=0.9, **look)
    axes.set_yticks(range(len(files)), [f"{name}  {sizes[name]:,} B" for name in files])
    axes.invert_yaxis()
    axes.grid(color=GRID, linewidth=0.8)
    axes.set_xlim(left=0)
    axes.set_xlabel("bits per byte (less is better)")
    axes.set_title(f"Size by file, {about['corpus']}", fontsize=13)
    figure.legend(loc="outside lower center", ncols=min(5, len(codecs)), frameon=False)
    return figure


PAGE = """<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>nacomp beside others: {corpus}</title>
<style>
body{{font:16px/1.5 system-ui,sans-serif;max-width:64em;margin:2em auto;padding:0 1em;color:#1f2933;background:#fff}}
table{{border-collapse:collapse;margin:1em 0;font-variant-numeric:tabular-nums}}
td,th{{padding:.25em .8em;text-align:right;border-bottom:1px solid #d9dee3}}
td:first-child,th:first-child{{text-align:left}}.ours{{font-weight:600;color:#c2410c}}
img{{max-width:100%;height:auto}}div{{overflow-x:auto}}
</style>
<h1>nacomp beside others</h1>
<p>{corpus}, {date}. {machine}. Every file was decompressed and compared, byte for byte.</p>
<p>Model weights are <b>not</b> counted in the sizes; they are in the last column, and both sides need them. Times of nacomp
are those of whole commands, starting and loading the model for each file included; those of the classical codecs, of the
call alone. Peak memory is that of the whole process, Python included, the larger of both ways.</p>
<div>{summary}</div>
<p><img src="ratio-speed.svg" alt="Ratio against compression and decompression speed of every compressor"></p>
<h2>Bytes by file</h2>
<div>{sizes}</div>
<p><img src="size-by-file.svg" alt="Bits per byte of every file with every compressor"></p>
</html>
"""


def page(results: Sequence[Result], about: dict[str, str]) -> str:
    """Tables and pictures on one page, without scripts."""
    rows = [(summary_cells(r), r.ours) for r in summary(results)]
    codecs = list(dict.fromkeys(r.codec for r in results))
    files = []
    for name in dict.fromkeys(r.file for r in results):
        mine = {r.codec: r for r in results if r.file == name}
        size = next(iter(mine.values())).size
        files.append(((name, f"{size:,}", *(f"{mine[c].packed:,}" for c in codecs)), False))
    words = {key: html.escape(value) for key, value in about.items()}
    return PAGE.format(
        summary=_table(SUMMARY_HEADINGS, rows), sizes=_table(("file", "size", *codecs), files), **words
    )


def _table(headings: Sequence[str], rows: Sequence[tuple[Sequence[str], bool]]) -> str:
    head = "".join(f"<th>{html.escape(h)}" for h in headings)
    body = "".join(
        f"<tr{' class=ours' if ours else ''}>" + "".join(f"<td>{html.escape(cell)}" for cell in cells)
        for cells, ours in rows
    )
    return f"<table><tr>{head}{body}</table>"
