"""The pieces of a dashboard: a number, curves, a row of both; every one says what it means."""

from collections.abc import Iterable, Sequence
from itertools import count
from typing import Final, NamedTuple

from grafana_foundation_sdk.builders.common import ReduceDataOptions, VizLegendOptions
from grafana_foundation_sdk.builders.dashboard import Dashboard, Row, ThresholdsConfig
from grafana_foundation_sdk.builders.prometheus import Dataquery
from grafana_foundation_sdk.builders.stat import Panel as Stat
from grafana_foundation_sdk.builders.timeseries import Panel as Timeseries
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.models.common import (
    BigValueColorMode,
    BigValueGraphMode,
    LegendDisplayMode,
    LegendPlacement,
)
from grafana_foundation_sdk.models.dashboard import DataSourceRef, Threshold, ThresholdsMode

_SOURCE: Final = DataSourceRef("prometheus", "prometheus")
"""As grafana/provisioning names it."""
_NUMBER: Final = (5, 4)
_CURVES: Final = (8, 12)
"""Height and width; a row is 24 wide."""


class Query(NamedTuple):
    """What is asked of Prometheus, and how a curve of the answer is called (`{{label}}` is its label)."""

    expr: str
    legend: str = ""


class Section(NamedTuple):
    """Panels beneath a heading."""

    title: str
    panels: Sequence[Stat | Timeseries]


def number(title: str, expr: str, about: str, unit: str = "short", *, bad_from: float | None = None) -> Stat:
    """Show how much something is now; red from `bad_from` on."""
    height, width = _NUMBER
    steps = [Threshold(None, "green" if bad_from is not None else "text")]
    if bad_from is not None:
        steps.append(Threshold(bad_from, "red"))
    return (
        Stat()
        .title(title)
        .description(about)
        .datasource(_SOURCE)
        .height(height)
        .span(width)
        .unit(unit)
        .no_value("–")
        .thresholds(ThresholdsConfig().mode(ThresholdsMode.ABSOLUTE).steps(steps))
        .color_mode(BigValueColorMode.VALUE)
        .graph_mode(BigValueGraphMode.NONE)
        .reduce_options(ReduceDataOptions().calcs(["lastNotNull"]))
        .with_target(Dataquery().expr(expr).datasource(_SOURCE).ref_id("A").instant())
    )


def curves(
    title: str, about: str, *queries: Query, unit: str = "short", least: float | None = 0
) -> Timeseries:
    """Show how something went; from `least` upwards, None for as low as it goes."""
    height, width = _CURVES
    panel = (
        Timeseries()
        .title(title)
        .description(about)
        .datasource(_SOURCE)
        .height(height)
        .span(width)
        .unit(unit)
        .fill_opacity(8)
        .line_width(1)
        .legend(
            VizLegendOptions()
            .display_mode(LegendDisplayMode.LIST)
            .placement(LegendPlacement.BOTTOM)
            .show_legend(True)
        )
    )
    if least is not None:
        panel = panel.min(least)
    for letter, query in zip("ABCDEFGH", queries, strict=False):
        asked = Dataquery().expr(query.expr).legend_format(query.legend).datasource(_SOURCE)
        panel = panel.with_target(asked.ref_id(letter).range())
    return panel


def quantiles(title: str, about: str, name: str) -> Timeseries:
    """Show the recorded p50, p95 and p99 of a duration."""
    asked = [Query(f"remen:{name}:{quantile}", quantile) for quantile in ("p50", "p95", "p99")]
    return curves(title, about, *asked, unit="s")


def dashboard(uid: str, title: str, about: str, since: str, sections: Iterable[Section]) -> str:
    """Give a dashboard as the JSON that Grafana reads."""
    made = (
        Dashboard(title)
        .uid(uid)
        .description(about)
        .tags(["remen"])
        .readonly()
        .time(since, "now")
        .timezone("browser")
        .refresh("30s")
    )
    ids = count(1)
    for section in sections:
        made = made.with_row(Row(section.title).id(next(ids)))
        for panel in section.panels:
            made = made.with_panel(panel.id(next(ids)))
    return JSONEncoder(sort_keys=True, indent=1, ensure_ascii=False).encode(made.build()) + "\n"
