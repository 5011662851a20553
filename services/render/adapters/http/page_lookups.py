"""How often a page that was asked for had been finished already, as counted by the pages themselves."""

from collections.abc import Collection, Iterator

from prometheus_client import REGISTRY
from prometheus_client.metrics_core import CounterMetricFamily
from prometheus_client.registry import Collector

from services.render.core.pages.pages import Pages


class _Lookups(Collector):
    pages: Collection[Pages] = ()

    def collect(self) -> Iterator[CounterMetricFamily]:
        counter = CounterMetricFamily(
            "remen_render_page_lookups",
            "Pages asked for, by whether they were finished already",
            labels=("result",),
        )
        counter.add_metric(("hit",), sum(one.finished.hits for one in self.pages))
        counter.add_metric(("miss",), sum(one.finished.misses for one in self.pages))
        yield counter


_lookups = _Lookups()
REGISTRY.register(_lookups)


def measure(pages: Collection[Pages]) -> None:
    """Have the metric tell of these pages from now on."""
    _lookups.pages = pages
