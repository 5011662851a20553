"""A real Redis Cluster for tests: three masters and a replica of each, to be killed, paused and started."""

from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, Final, cast

from redis import Redis as RedisClient
from redis.backoff import ConstantBackoff
from redis.cluster import RedisCluster as ClusterClient
from redis.crc import key_slot
from redis.retry import Retry

from dev import redis
from tests.foreign import until
from tests.real import Server, free_base

_MASTERS: Final = 3
_SLOTS: Final = 16384
_PATIENCE: Final = Retry(ConstantBackoff(0.1), 200)
NODE_TIMEOUT_S: Final = 2
"""A node that is silent for so long is taken for dead, and its replica is promoted."""


class Node(Server):
    """One node; not started yet."""

    def __init__(self, folder: Path, port: int, bus_port: int) -> None:
        self.port, self.bus_port = port, bus_port
        alone = redis.program(folder / str(port), port)
        more = {
            "cluster-enabled": "yes",
            "cluster-port": str(bus_port),
            "cluster-node-timeout": str(NODE_TIMEOUT_S * 1000),
            # a replica that was cut off for long may still be promoted: then what it lacks is lost
            "cluster-replica-validity-factor": "0",
            "repl-diskless-sync-delay": "0",
        }
        words = [word for name, value in more.items() for word in (f"--{name}", value)]
        program = replace(alone, launch=lambda: [*alone.launch(), *words])
        super().__init__(program, folder / f"redis-{port}.log")

    def ask(self, *command: Any) -> Any:
        """Send it one command."""
        with RedisClient(port=self.port, socket_timeout=5) as client:
            return client.execute_command(*command)

    def knows(self, name: str) -> bool:
        """Tell whether it has heard of a node."""
        return name in str(self.ask("CLUSTER", "NODES"))

    def replication(self) -> dict[str, Any]:
        """Ask it for its place in the replication."""
        return cast("dict[str, Any]", self.ask("INFO", "replication"))


class RedisCluster:
    """The six nodes; not started yet."""

    def __init__(self, folder: Path) -> None:
        base = free_base(4 * _MASTERS)
        self.nodes = [Node(folder, base + n, base + 2 * _MASTERS + n) for n in range(2 * _MASTERS)]
        named = ",".join(f"127.0.0.1:{node.port}" for node in self.nodes[:_MASTERS])
        self.url = f"redis+cluster://{named}"

    def start(self) -> None:
        """Start the nodes and join them; return when every slot is served and has a replica."""
        for node in self.nodes:
            node.start()
        masters, replicas = self.nodes[:_MASTERS], self.nodes[_MASTERS:]
        for n, master in enumerate(masters):
            first, behind = n * _SLOTS // _MASTERS, (n + 1) * _SLOTS // _MASTERS
            master.ask("CLUSTER", "ADDSLOTSRANGE", first, behind - 1)
            master.ask("CLUSTER", "SET-CONFIG-EPOCH", n + 1)
        for node in self.nodes[1:]:
            masters[0].ask("CLUSTER", "MEET", "127.0.0.1", node.port, node.bus_port)
        for master, replica in zip(masters, replicas, strict=True):
            name = master.ask("CLUSTER", "MYID").decode()
            until(partial(replica.knows, name), "the replica has heard of its master")
            replica.ask("CLUSTER", "REPLICATE", name)
        self.until_whole()

    def stop(self) -> None:
        """Stop all nodes, paused ones too."""
        for node in self.nodes:
            node.kill()

    def until_whole(self) -> None:
        """Wait until all slots are served and every master has a replica that follows it."""
        until(self._is_whole, "a whole cluster", 60)

    def client(self) -> RedisClient:
        """Connect a client that is not ours, and patient; it has the commands of a Redis."""
        first = self.url.replace("+cluster", "").split(",")[0]
        return cast("RedisClient", ClusterClient.from_url(first, retry=_PATIENCE))

    def master_of(self, key: str) -> Node:
        """Give the node that serves a key, as the nodes that live say now."""
        slot = key_slot(key.encode())
        for first, last, (_, port, *_), *_ in self._living()[0].ask("CLUSTER", "SLOTS"):
            if first <= slot <= last:
                return self._at(port)
        raise AssertionError(f"no one serves slot {slot}")

    def replica_of(self, master: Node) -> Node:
        """Give the node that follows another."""
        return self._at(master.replication()["slave0"]["port"])

    def _at(self, port: int) -> Node:
        return next(node for node in self.nodes if node.port == port)

    def _living(self) -> list[Node]:
        return [node for node in self.nodes if node.pid is not None]

    def _is_whole(self) -> bool:
        if len(self._living()) < len(self.nodes):
            return False
        states = [node.ask("CLUSTER", "INFO") for node in self.nodes]
        replications = [node.replication() for node in self.nodes]
        followed = [r for r in replications if r["role"] == "master" and r["connected_slaves"] == 1]
        return all(b"cluster_state:ok" in state for state in states) and len(followed) == _MASTERS
