"""What can happen in a run: records, time, and every fault; and the calm in which it ends."""

from collections.abc import Callable
from functools import partial
from typing import Final

from tests.unit.rank.simulation.kafka import PARTITIONS
from tests.unit.rank.simulation.redis import Backup
from tests.unit.rank.simulation.worker import Outside, Worker

_HOUR_MS: Final = 3_600_000

# How often, beside the others. Of those that are not always present a seed takes about half.
_ALWAYS: Final = {"views": 30, "article": 6, "desk": 4, "mark": 1, "moment": 8, "start": 6, "resume": 3}
_PERHAPS: Final = {
    "minutes": 3, "hours": 3, "days": 1, "compact": 2, "rebalance": 4, "kill": 4, "pause": 3, "put back": 5,
    "put back one": 3, "key by key": 4, "wipe": 2, "wipe one": 1, "lose a key": 2, "spoil a key": 2,
}  # fmt: skip


class Events:
    """The workers, and what befalls them and everything around them."""

    def __init__(
        self,
        outside: Outside,
        worker_class: type[Worker],
        pass_time: Callable[[int], None],
        note: Callable[[str], None],
    ) -> None:
        self._outside, self._chance = outside, outside.chance
        self._worker_class, self._pass, self._note = worker_class, pass_time, note
        self._workers: dict[str, Worker | None] = {"rank-1": None, "rank-2": None}
        self._backups = [Backup()]
        self._to_put_back: list[Callable[[], None]] = []
        chosen = _ALWAYS | {what: n for what, n in _PERHAPS.items() if self._chance.random() < 0.5}
        self._names, self._weights = list(chosen), list(chosen.values())

    @property
    def workers(self) -> list[Worker]:
        """The processes that run or are paused."""
        return [worker for worker in self._workers.values() if worker is not None]

    @property
    def is_putting_back(self) -> bool:
        """Whether a backup is being put back key by key."""
        return bool(self._to_put_back)

    def put_back_next(self) -> None:
        """Put back the next key of a backup."""
        self._to_put_back.pop()()

    def happen(self) -> None:
        """Let something happen."""
        (what,) = self._chance.choices(self._names, self._weights)
        self._note(f"-- {what}")
        chance, redis, story = self._chance, self._outside.redis, self._outside.story
        match what:
            case "views" | "article" | "desk" | "mark" | "compact":
                getattr(story, what)()
            case "moment":
                self._pass(chance.randint(1, 15_000))
            case "minutes":
                self._pass(chance.randint(60_000, _HOUR_MS))
            case "hours":
                self._pass(chance.randint(_HOUR_MS, 12 * _HOUR_MS))
            case "days":
                self._pass(chance.randint(24 * _HOUR_MS, 8 * 24 * _HOUR_MS))
            case "start":
                self._start(chance.choice(list(self._workers)))
            case "kill" | "pause":
                self._strike(what)
            case "resume":
                self._resume()
            case "rebalance":
                self._rebalance()
            case "wipe":
                redis.be(Backup())
            case "wipe one":
                redis.be(Backup(), [chance.choice(PARTITIONS)])
            case "put back":
                redis.be(chance.choice(self._backups))
            case "put back one":
                redis.be(chance.choice(self._backups), [chance.choice(PARTITIONS)])
            case "key by key":
                if not self._to_put_back:
                    self._put_back_key_by_key(chance.choice(self._backups))
            case "lose a key":
                if names := sorted(redis.names()):
                    self._put(chance.choice(names), None)
            case "spoil a key":
                # the bests are made anew by their owner, but it takes the publisher to find them spoilt
                if names := sorted(name for name in redis.names() if not name.endswith(":top")):
                    self._note(f"spoilt: {(name := chance.choice(names))}")
                    redis.spoil(name, chance)
        if chance.random() < 0.3:
            self._backups.append(Backup(redis))

    def calm_down(self) -> None:
        """Wake who sleeps, start whom the seed wants, and give every partition to one of them anew."""
        self._resume()
        for name in self._workers:
            if self._workers[name] is None and self._chance.random() < 0.7:
                self._workers[name] = self._worker_class(name, self._outside)
        if not self.workers:
            self._workers["rank-1"] = self._worker_class("rank-1", self._outside)
        self._rebalance()

    def _start(self, name: str) -> None:
        if self._workers[name] is None:
            self._workers[name] = self._worker_class(name, self._outside)
            self._rebalance()

    def _strike(self, what: str) -> None:
        worker = self._chance.choice([*self._workers.values()])
        if worker is None:
            return
        self._note(f"{what}: {worker.owner.name}")
        if what == "pause":
            worker.owner.paused = True
        else:
            worker.kill()
            self._outside.network.cut(worker.owner)
            self._outside.cluster.expel(worker.owner)
            self._workers[worker.owner.name] = None
        if self._chance.random() < 0.6:
            self._rebalance()

    def _resume(self) -> None:
        for worker in self.workers:
            worker.owner.paused = False

    def _rebalance(self) -> None:
        names = [worker.owner.name for worker in self.workers]
        awake = [worker.owner.name for worker in self.workers if not worker.owner.paused]
        if names:
            self._outside.cluster.rebalance(awake or names)
            self._note(f"now belong: {self._outside.cluster.owners}")

    def _put_back_key_by_key(self, backup: Backup) -> None:
        names = sorted(backup.keys)
        self._chance.shuffle(names)
        self._to_put_back = [partial(self._put, name, backup) for name in names]

    def _put(self, name: str, backup: Backup | None) -> None:
        self._note(f"{'lost' if backup is None else 'put back'}: {name}")
        self._outside.redis.put(name, None if backup is None else backup.keys[name])
