"""Which alarms stand, of which partitions: a partition that goes to another worker takes its alarms along."""

from collections.abc import Collection

from services.rank.adapters import metrics
from shared.runtime import log


class Alarms:
    """The alarms of the partitions of this worker."""

    def __init__(self) -> None:
        self._standing: dict[str, dict[int, str]] = {}

    def stands(self, kind: str, partition: int, reason: str, **fields: object) -> None:
        """Raise an alarm, or say again that it stands."""
        self._standing.setdefault(kind, {})[partition] = reason
        metrics.ALARM.labels(kind=kind).set(1)
        log.error("alarm", kind=kind, partition=partition, reason=reason, **fields)

    def over(self, kind: str, *partitions: int) -> None:
        """Withdraw an alarm of some partitions."""
        of_kind = self._standing.get(kind, {})
        for n in partitions:
            of_kind.pop(n, None)
        metrics.ALARM.labels(kind=kind).set(bool(of_kind))

    def only(self, partitions: Collection[int]) -> None:
        """Forget the alarms of all other partitions."""
        for kind, of_kind in self._standing.items():
            self.over(kind, *(of_kind.keys() - set(partitions)))

    def reasons(self, kind: str) -> dict[int, str]:
        """Give the partitions for which an alarm stands, and why."""
        return dict(self._standing.get(kind, {}))
