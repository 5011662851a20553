"""What can happen in a run: messages, requests, time, and every fault; and the calm in which it ends."""

from collections.abc import Callable
from typing import Final

from aiokafka.errors import KafkaError, MessageSizeTooLargeError

from shared.topics import INGEST
from tests.unit.ingest.simulation.cluster import Cluster
from tests.unit.ingest.simulation.process import Call, Instance
from tests.unit.ingest.simulation.story import Story

_NAMES: Final = ("ingest-1", "ingest-2", "ingest-3")
# How often, beside the others. Of those that are not always present a seed takes about half.
_ALWAYS: Final = {"message": 30, "request": 14, "moment": 6, "start": 5, "resume": 3}
_PERHAPS: Final = {
    "stranger": 4, "kill": 6, "pause": 4, "rebalance": 3, "clock": 4, "away": 2, "seconds": 3, "producer": 2,
    "compact": 2,
}  # fmt: skip

_STEADY: Final = {"message": 30, "request": 10, "stranger": 12, "moment": 20, "seconds": 6}

_HAUNTED: Final = {
    "message": 25,
    "request": 20,
    "pause": 8,
    "resume": 5,
    "start": 5,
    "moment": 6,
    "rebalance": 3,
}


class DiedError(AssertionError):
    """A process ended by itself, and Kafka was not the reason."""


class Events:
    """The processes, and what befalls them and everything around them."""

    def __init__(
        self,
        cluster: Cluster,
        story: Story,
        pass_time: Callable[[int], None],
        note: Callable[[str], None],
    ) -> None:
        self._cluster, self._chance, self._story = cluster, cluster.chance, story
        self._pass, self._note = pass_time, note
        self._instances: dict[str, Instance] = {}
        self.calls: list[Call] = []
        self.ended: list[tuple[int, ...]] = []
        """For each process that has ended, or was paused, where the partitions of ingest.v1 ended then."""
        self.disturbed = True
        """Whether since the last comparison a partition may have had two owners, or none."""
        chance = self._chance
        self._chosen = _NAMES[: chance.choice((1, 2, 2, 3))]
        chosen = _ALWAYS | {what: n for what, n in _PERHAPS.items() if chance.random() < 0.5}
        self.is_steady = chance.random() < 0.15
        """Whether nothing happens to the processes, once they have started."""
        if self.is_steady:
            chosen = _STEADY
        elif chance.random() < 0.3:
            chosen, self._chosen = _HAUNTED, _NAMES[: chance.randint(2, 3)]
        story.oversized = chance.random() < 0.3
        self._names, self._weights = list(chosen), list(chosen.values())
        self._shaken: list[Instance] = []
        """Those that Kafka's faults may still end once it is quiet."""

    def begin(self) -> None:
        """Start who is there from the first."""
        for name in self._chosen:
            if self._chance.random() < 0.6:
                self._start(name)

    @property
    def instances(self) -> list[Instance]:
        """The processes that run or are paused."""
        return list(self._instances.values())

    def happen(self) -> None:
        """Let something happen."""
        (what,) = self._chance.choices(self._names, self._weights)
        chance, cluster = self._chance, self._cluster
        match what:
            case "message":
                self._note("-- messages")
                for _ in range(chance.randint(1, 3)):
                    self._story.send()
            case "request":
                self._request()
            case "stranger":
                self._note(f"-- {self._story.intrude()}")
            case "moment":
                self._pass(chance.randint(1, 300))
            case "seconds":
                self._pass(chance.randint(1_000, 20_000))
            case "start":
                self._start(chance.choice(self._chosen))
            case "kill" | "pause":
                self._strike(what)
            case "resume":
                self._resume()
            case "rebalance":
                self._note("-- a rebalance")
                self.disturbed = True
                cluster.group.rebalance()
            case "clock":
                self._note(f"-- {cluster.logs.step_clock()}")
            case "away":
                cluster.away = not cluster.away
                self._note(f"-- Kafka is {'away' if cluster.away else 'back'}")
            case "producer":
                self._fail_a_producer()
            case "compact":
                self.compact()

    def compact(self) -> None:
        """Compact what has lain long enough."""
        self._note("-- compaction")
        for log in self._cluster.logs.of("articles.v1"):
            log.compact(self._cluster.logs.true_ms())

    def calm_down(self) -> None:
        """Wake who sleeps or leave it counted out, start whom the seed wants, bring Kafka back."""
        self._cluster.be_quiet()
        self._shaken = self.instances
        self._resume()
        for name in self._chosen:
            if name not in self._instances and self._chance.random() < 0.7:
                self._start(name)
        if not self._instances:
            self._start(self._chosen[0])

    def look_after(self) -> None:
        """Bury who has died of Kafka's faults; raise DiedError if it was anything else."""
        for instance in self.instances:
            if instance.died is None:
                continue
            too_large = isinstance(instance.died, MessageSizeTooLargeError)
            excused = not self._cluster.quiet or instance in self._shaken
            if not isinstance(instance.died, KafkaError | TimeoutError) or too_large or not excused:
                raise DiedError(f"{instance.name} died of {instance.died!r}") from instance.died
            self._note(f"-- {instance.name} dies of {instance.died!r}")
            self._kill(instance)
            if self._cluster.quiet:
                self._start(instance.name)

    def end(self) -> None:
        """Kill everyone."""
        for instance in self.instances:
            self._kill(instance)

    def _start(self, name: str) -> None:
        if name not in self._instances:
            self._note(f"-- start {name}")
            self.disturbed = True
            self._instances[name] = Instance(name, self._cluster)

    def _strike(self, what: str) -> None:
        if not self._instances:
            return
        instance = self._chance.choice(self.instances)
        self._note(f"-- {what} {instance.name}")
        if what == "kill":
            self._kill(instance)
        else:
            self.disturbed = instance.process.paused = True
            # past its session it looks to the next owner like one that ended
            self._note_end()
            if self._chance.random() < 0.5:
                # most likely its session ends
                self._pass(self._chance.randint(5_000, 20_000))

    def _kill(self, instance: Instance) -> None:
        self._note_end()
        self.disturbed = True
        instance.process.kill()
        self._cluster.cut(instance.process)
        del self._instances[instance.name]

    def _note_end(self) -> None:
        self.ended.append(tuple(log.end for log in self._cluster.logs.of(INGEST.name)))

    def _resume(self) -> None:
        for instance in self.instances:
            if instance.process.paused:
                self._note(f"-- {instance.name} wakes")
                instance.process.wake()

    def _fail_a_producer(self) -> None:
        found = [(p, tp) for p in self._cluster.producers for tp in p.writable() if not p.process.paused]
        if found:
            producer, tp = self._chance.choice(found)
            if self._chance.random() < 0.5:
                producer.write(tp, self._chance.randint(1, 3))
            self._note(f"-- the producer of {producer.process.name} gives up on {tp}")
            producer.fail(tp)

    def _request(self) -> None:
        """Ask an instance over HTTP: something new, the same again, or something else with a known key."""
        awake = [i for i in self.instances if i.parts and not i.process.paused]
        if not awake:
            return
        chance, story = self._chance, self._story
        keyed = [call for call in self.calls if call.key is not None]
        if keyed and chance.random() < 0.4:
            known = chance.choice(keyed[-3:])
            value = known.value if chance.random() < 0.8 else story.message()
            key = known.key
        else:
            value = story.message() if chance.random() < 0.9 else story.unreadable()
            key = None if chance.random() < 0.5 else f"key-{len(self.calls)}"
        instance = chance.choice(awake)
        call = Call(value, key, story.said[value].article)
        self.calls.append(call)
        self._note(f"-- {instance.name} is asked, key {key}: {value.decode()}")
        instance.call(call)
