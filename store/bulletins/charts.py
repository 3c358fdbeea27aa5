"""Charts of a bulletin as SVG or PNG, drawn by matplotlib without a display."""

import io
import logging
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from matplotlib import font_manager, rc_context
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, PercentFormatter

from inspection.bulletin.document import Chart, ChartKind, ChartSeries

_FONTS = ("Noto Sans CJK SC", "Source Han Sans SC", "SimHei", "WenQuanYi Micro Hei", "Microsoft YaHei")
"""Fonts with Chinese characters; the first that is installed is used."""
_BLUE, _RED, _GREEN, _GREY = "#1f4e79", "#b02318", "#4a7c3f", "#8a8a8a"
_LINES = ((_RED, "o", "-"), (_GREEN, "s", "--"))
_WIDTH_IN = 6.1
"""The width between the margins of a page (156 mm)."""
_MAX_HEIGHT_IN = 6.5
"""Leaves room on a page for the last rows of the table above, with its note."""
_LABEL_LENGTH = 14
_ROW_IN = 0.27


def svg(chart: Chart) -> str:
    """An ``<svg>`` element; characters are outlines, so that it looks the same everywhere."""
    text = _drawn(chart, "svg", metadata={"Date": None, "Creator": None}).decode("utf-8")
    return text[text.index("<svg") :]


def png(chart: Chart) -> bytes:
    """A picture of 200 dots per inch."""
    return _drawn(chart, "png", dpi=200)


def _drawn(chart: Chart, format_: str, **options: Any) -> bytes:
    settings: dict[Any, Any] = {
        "font.family": "sans-serif",
        "font.sans-serif": [*_fonts(), "DejaVu Sans"],
        "font.size": 9,
        "axes.unicode_minus": False,
        "axes.spines.top": False,
        "svg.fonttype": "path",
        "svg.hashsalt": "bulletin",
    }
    out = io.BytesIO()
    with rc_context(settings):
        figure = Figure(figsize=(_WIDTH_IN, _height(chart)), layout="constrained")
        _DRAW[chart.kind](chart, figure.add_subplot())
        figure.savefig(out, format=format_, **options)
    return out.getvalue()


@lru_cache(maxsize=1)
def _fonts() -> tuple[str, ...]:
    installed = {font.name for font in font_manager.fontManager.ttflist}
    found = tuple(name for name in _FONTS if name in installed)
    if not found:
        logging.getLogger(__name__).warning("no font with Chinese characters for charts: install Noto Sans CJK")
    return found


def _height(chart: Chart) -> float:
    if chart.kind is ChartKind.COURSE:
        return 3.4
    return min(_MAX_HEIGHT_IN, 0.7 + _ROW_IN * max(3, len(chart.labels)))


def _bars(chart: Chart, axes: Axes) -> None:
    [series] = chart.series
    places = range(len(chart.labels))
    bars = axes.barh(places, [value or 0.0 for value in series.values], color=_BLUE, height=0.62)
    axes.bar_label(bars, labels=["" if value is None else f"{value:.0f}" for value in series.values], padding=3)
    _rows(chart, axes)
    axes.set_xlabel(series.name)
    axes.margins(x=0.12)
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:.0f}"))


def _intervals(chart: Chart, axes: Axes) -> None:
    [series] = chart.series
    known = [(place, *row) for place, row in enumerate(zip(*_columns(series), strict=True)) if None not in row]
    places, values, low, high = ([row[part] for row in known] for part in range(4))
    errors = [
        [max(0.0, value - bottom) for value, bottom in zip(values, low, strict=True)],
        [max(0.0, top - value) for value, top in zip(values, high, strict=True)],
    ]
    axes.errorbar(values, places, xerr=errors, fmt="o", color=_BLUE, ecolor=_GREY, elinewidth=1.4, capsize=2.5, ms=4)
    _rows(chart, axes)
    axes.set_xlim(min([0.5, *low]) - 0.02, 1.02)
    axes.xaxis.set_major_formatter(PercentFormatter(1.0, decimals=0))
    axes.set_xlabel("合格率（点）及95%置信区间（线）")
    axes.grid(axis="x", color="#dddddd", linewidth=0.6)


def _columns(series: ChartSeries) -> tuple[Sequence[Any], Sequence[Any], Sequence[Any]]:
    return series.values, series.low, series.high


def _rows(chart: Chart, axes: Axes) -> None:
    """A row for each label, the first on top."""
    axes.set_yticks(range(len(chart.labels)), [_folded(label) for label in chart.labels])
    axes.set_ylim(len(chart.labels) - 0.4, -0.6)
    axes.spines["right"].set_visible(False)


def _folded(label: str) -> str:
    """A long label in two lines."""
    return label if len(label) <= _LABEL_LENGTH else f"{label[:_LABEL_LENGTH]}\n{label[_LABEL_LENGTH:]}"


def _course(chart: Chart, axes: Axes) -> None:
    columns, *lines = chart.series
    places = range(len(chart.labels))
    bars = axes.bar(places, [value or 0.0 for value in columns.values], color="#a9c4de", width=0.6, label=columns.name)
    labels = ["" if value is None else f"{value:.0f}" for value in columns.values]
    axes.bar_label(bars, labels=labels, fontsize=7, padding=1, color=_BLUE, rotation=0)
    axes.set_xticks(places, list(chart.labels), rotation=45, ha="right")
    axes.set_ylabel(columns.name)
    axes.margins(y=0.55)
    shares = axes.twinx()
    for series, (colour, marker, style) in zip(lines, _LINES, strict=False):
        known = [(place, value) for place, value in enumerate(series.values) if value is not None]
        where, values = [place for place, _ in known], [value for _, value in known]
        shares.plot(where, values, color=colour, marker=marker, ls=style, ms=3.5, lw=1.3, label=series.name)
    known_shares = [value for series in lines for value in series.values if value is not None]
    shares.set_ylim(min([0.5, *known_shares]) - 0.05, 1.0)
    shares.yaxis.set_major_formatter(PercentFormatter(1.0, decimals=0))
    handles = [part for each in (axes, shares) for part in each.get_legend_handles_labels()[0]]
    axes.legend(handles=handles, loc="upper center", bbox_to_anchor=(0.5, 1.16), ncols=3, frameon=False, fontsize=8)


_DRAW: Mapping[ChartKind, Callable[[Chart, Axes], None]] = {
    ChartKind.BARS: _bars,
    ChartKind.INTERVALS: _intervals,
    ChartKind.COURSE: _course,
}
