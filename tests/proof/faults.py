"""What each kind of fault does: a generator that yields, between two steps, how long to wait (seconds).

Before its first step it may find that it cannot be had now (NotNowError); the run then waits for it, so that
every fault of the schedule really happens.
"""

import signal
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Final

from dev.child import Child
from tests.proof.schedule import Fault
from tests.proof.world import SPREAD, NotNowError, World
from tests.real import Server

Steps = Iterator[float]

_LOOK_S: Final = 0.05


def killed(world: World, fault: Fault) -> Steps:
    """Kill a worker with -9 and start it again: at once, as a supervisor does, or past its session."""
    name = world.victim(fault)
    with world.taken(name, "killed"):
        world.workers[name].kill()
        yield fault.length_s
        Child.start(world.workers[name])


def paused(world: World, fault: Fault) -> Steps:
    """Stop a worker's clock past its session, and let it wake up as a zombie."""
    name = world.victim(fault)
    with world.taken(name, "paused"):
        world.workers[name].signal(signal.SIGSTOP)
        yield fault.length_s
        world.workers[name].signal(signal.SIGCONT)


def scaled(world: World, _fault: Fault) -> Steps:
    """Let workers join, or leave as they are told to (SIGTERM)."""
    if "leaving" in world.down.values():
        raise NotNowError
    wanted = SPREAD[(world.changes + 1) % len(SPREAD)]
    names = {f"rank-{number + 1}" for number in range(wanted)}
    with ExitStack() as leaving:
        too_many = sorted(world.workers.keys() - names)
        for name in too_many:
            leaving.enter_context(world.taken(name, "leaving"))
        world.changes += 1
        for name in sorted(names - world.workers.keys()):
            world.join(name)
        for name in too_many:
            world.workers[name].signal(signal.SIGTERM)
        yield 0
        while any(world.workers[name].pid for name in too_many):
            yield _LOOK_S
        for name in too_many:
            del world.workers[name]


def redis_killed(world: World, fault: Fault) -> Steps:
    """Kill Redis with -9; it comes back with what it had written down."""
    yield from _killed(world, "redis", world.redis, fault)


def redis_paused(world: World, fault: Fault) -> Steps:
    """Stop Redis's clock: what it was asked meanwhile it does later."""
    yield from _paused(world, "redis", world.redis, fault)


def redis_cut(world: World, _fault: Fault) -> Steps:
    """Break every connection to Redis, whatever was under way."""
    with world.taken("redis link", "cut"):
        world.redis_link.cut()
        yield 0


def redis_replies_lost(world: World, fault: Fault) -> Steps:
    """Let scripts run and their replies be lost."""
    with world.taken("redis link", "replies lost"):
        world.redis_link.lose_replies()
        yield fault.length_s
        world.redis_link.cut()


def redis_late(world: World, fault: Fault) -> Steps:
    """Hold back what is asked and answered; a script may arrive when its sender has given it up."""
    with world.taken("redis link", "late"):
        world.redis_link.hold(True)
        yield fault.length_s
        world.redis_link.hold(False)


def rolled_back(world: World, fault: Fault) -> Steps:
    """Put Redis back to an earlier moment, in one step, under working workers."""
    world.need_redis()
    backup = world.dump()
    yield fault.length_s
    while "redis" in world.down:
        yield _LOOK_S
    world.put_back(backup)


def rolled_back_torn(world: World, fault: Fault) -> Steps:
    """Put Redis back to an earlier moment key by key."""
    world.need_redis()
    backup = world.dump()
    yield fault.length_s
    while "redis" in world.down:
        yield _LOOK_S
    world.put_back_torn(backup, fault.draw)


def wiped(world: World, _fault: Fault) -> Steps:
    """Wipe Redis."""
    world.need_redis()
    world.client.flushall()
    yield 0


def key_lost(world: World, fault: Fault) -> Steps:
    """Delete one key."""
    world.need_redis()
    keys = sorted(world.keys())
    if not keys:
        raise NotNowError
    world.client.delete(keys[fault.draw % len(keys)])
    yield 0


def kafka_killed(world: World, fault: Fault) -> Steps:
    """Kill the broker with -9 and start it again."""
    yield from _killed(world, "kafka", world.kafka, fault)


def kafka_paused(world: World, fault: Fault) -> Steps:
    """Stop the broker's clock."""
    yield from _paused(world, "kafka", world.kafka, fault)


def kafka_cut(world: World, _fault: Fault) -> Steps:
    """Break every connection of the workers to Kafka."""
    with world.taken("kafka link", "cut"):
        world.kafka_link.cut()
        yield 0


def kafka_unreachable(world: World, fault: Fault) -> Steps:
    """Let no worker reach Kafka, while it goes on for those who send."""
    with world.taken("kafka link", "unreachable"):
        world.kafka_link.refuse(True)
        yield fault.length_s
        world.kafka_link.refuse(False)


def _killed(world: World, name: str, server: Server, fault: Fault) -> Steps:
    with world.taken(name, "killed"):
        server.kill()
        yield fault.length_s
        Child.start(server)
        while not server.program.answers():
            yield _LOOK_S


def _paused(world: World, name: str, server: Server, fault: Fault) -> Steps:
    with world.taken(name, "paused"):
        server.signal(signal.SIGSTOP)
        yield fault.length_s
        server.signal(signal.SIGCONT)


FAULTS: Final[dict[str, Callable[[World, Fault], Steps]]] = {
    "killed": killed,
    "killed_for_long": killed,
    "paused": paused,
    "scaled": scaled,
    "redis_killed": redis_killed,
    "redis_paused": redis_paused,
    "redis_cut": redis_cut,
    "redis_replies_lost": redis_replies_lost,
    "redis_late": redis_late,
    "rolled_back": rolled_back,
    "rolled_back_torn": rolled_back_torn,
    "wiped": wiped,
    "key_lost": key_lost,
    "kafka_killed": kafka_killed,
    "kafka_paused": kafka_paused,
    "kafka_cut": kafka_cut,
    "kafka_unreachable": kafka_unreachable,
}
