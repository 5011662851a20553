"""How far this process is behind what it reads: a number for each partition, looked up when asked for."""

from collections.abc import Callable, Iterator, Mapping
from typing import Final

from prometheus_client import REGISTRY
from prometheus_client.metrics_core import GaugeMetricFamily
from prometheus_client.registry import Collector, CollectorRegistry

Place = tuple[str, int]
"""A topic and a partition of it."""
Behind = Callable[[], Mapping[Place, int]]
"""Gives the records of each partition that are not read yet, of those partitions where that is known."""

_LABELS: Final = ("topic", "partition")


class Lag(Collector):
    """The gauge of a service, told by all of its readers."""

    def __init__(self, name: str, documentation: str, registry: CollectorRegistry = REGISTRY) -> None:
        self._name, self._documentation = name, documentation
        self._readers: dict[str, Behind] = {}
        registry.register(self)

    def ask(self, reader: str, behind: Behind) -> None:
        """Ask a reader from now on; one that has the same name is not asked any more."""
        self._readers[reader] = behind

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Give the gauge as it stands now."""
        gauge = GaugeMetricFamily(self._name, self._documentation, labels=_LABELS)
        for reader in self._readers.values():
            for (topic, partition), records in sorted(reader().items()):
                gauge.add_metric((topic, str(partition)), records)
        yield gauge
