"""Redis as the services use it: one server or a cluster, told apart by the address alone.

    redis://[user:password@]host:port/0                     one server
    redis+cluster://[user:password@]host:port,host:port     a cluster, by some of its nodes

Both with `rediss` for TLS. Of a cluster any node tells of the others; name several, so that a start does not
hang on one of them.
"""

from typing import Annotated, Any, Final, NamedTuple, cast
from urllib.parse import quote, urlsplit

from pydantic import AfterValidator, Field, ValidationInfo, field_validator
from redis.asyncio import Redis
from redis.asyncio.cluster import ClusterNode, RedisCluster
from redis.asyncio.connection import SSLConnection, parse_url
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import (
    NoPermissionError,
    OutOfMemoryError,
    RedisClusterException,
    RedisError,
    ResponseError,
)

from shared.settings import ServiceSettings

AWAY: Final = (RedisError, RedisClusterException, OSError)
"""What is raised when Redis is away; it is unknown then whether a command has run."""

_CLUSTER: Final = "+cluster"


def connect(url: str, *, answer_s: float, connect_s: float) -> Redis:
    """Make a client that waits so long for an answer and for a connection.

    It repeats nothing of its own: whoever asked must read what a lost reply had done. Only a cluster is asked
    once more, because a client that does not ask again never learns who has replaced a dead node.
    """
    nodes = _nodes(url)
    if not urlsplit(url).scheme.endswith(_CLUSTER):
        return Redis.from_url(
            url, socket_timeout=answer_s, socket_connect_timeout=connect_s, retry=Retry(NoBackoff(), 0)
        )
    options: dict[str, Any] = {k: v for k, v in nodes[0].items() if k not in ("host", "port")}
    cluster = RedisCluster(
        startup_nodes=[ClusterNode(node["host"], node.get("port", 6379)) for node in nodes],
        socket_timeout=answer_s,
        socket_connect_timeout=connect_s,
        retry=Retry(NoBackoff(), 1),
        ssl=options.pop("connection_class", None) is SSLConnection,
        **options,
    )
    # it has the commands of a Redis, and none that we use differs
    return cast("Redis", cluster)


def _nodes(url: str) -> list[dict[str, Any]]:
    """Read where each server named by an address is; ValueError if it is not such an address."""
    scheme, where, path, query, _ = urlsplit(url)
    credentials, at, hosts = where.rpartition("@")
    if not scheme.endswith(_CLUSTER):
        return [dict(parse_url(url))]
    scheme = scheme.removesuffix(_CLUSTER)
    nodes = [
        dict(parse_url(f"{scheme}://{credentials}{at}{host}{path}?{query}")) for host in hosts.split(",")
    ]
    if not all("host" in node for node in nodes):
        raise ValueError("a node of the cluster has no name")
    return nodes


def _usable(url: str) -> str:
    try:
        _nodes(url)
    except ValueError:
        # what the client says of it may quote a password
        raise ValueError("must be an address such as redis://127.0.0.1:6379/0") from None
    return url


RedisUrl = Annotated[str, AfterValidator(_usable)]


class RedisSettings(ServiceSettings):
    """What a service that uses Redis must know beside; the password may stand in a file of its own."""

    redis_url: RedisUrl = Field("redis://127.0.0.1:6379/0", validation_alias="REDIS_URL", repr=False)
    redis_password: str = Field("", validation_alias="REDIS_PASSWORD", repr=False)

    @field_validator("redis_password")
    @classmethod
    def _is_the_only_one(cls, password: str, info: ValidationInfo) -> str:
        if password and urlsplit(info.data.get("redis_url", "")).password:
            raise ValueError("is given, and REDIS_URL has a password too")
        return password

    @property
    def redis_address(self) -> str:
        """The address with the password in it: never to be shown."""
        if not self.redis_password:
            return self.redis_url
        parts = urlsplit(self.redis_url)
        user, _, hosts = parts.netloc.rpartition("@")
        return parts._replace(netloc=f"{user}:{quote(self.redis_password, safe='')}@{hosts}").geturl()


def is_cluster(client: Redis) -> bool:
    """Tell whether the keys lie on several servers, so that only those of one slot change together."""
    return isinstance(cast("object", client), RedisCluster)


def is_wrong_type(reply: object) -> bool:
    """Tell whether Redis answered that a key is of another type than the command is for."""
    return isinstance(reply, ResponseError) and "WRONGTYPE" in str(reply)


REFUSALS: Final = {
    "redis_full": "Redis has reached its maxmemory and takes nothing more",
    "redis_forbids": "Redis forbids this user a command or a key",
    "redis_string_limit": "a string has come to the limit that Redis has for it (proto-max-bulk-len)",
    "redis_cannot_save": "Redis takes nothing because it cannot save to its disk",
}
"""What Redis may refuse although it answers; only someone who looks after it can help."""


def refusal(reply: object) -> str | None:
    """Tell which of the refusals an answer is; None if it is another answer or error."""
    if isinstance(reply, OutOfMemoryError):
        return "redis_full"
    if isinstance(reply, NoPermissionError):
        return "redis_forbids"
    if not isinstance(reply, ResponseError):
        return None
    if "string exceeds maximum allowed size" in str(reply):
        return "redis_string_limit"
    return "redis_cannot_save" if str(reply).startswith("MISCONF") else None


class Memory(NamedTuple):
    """What a server says of its memory; a limit of 0 is none."""

    used: int
    limit: int
    policy: str
    """What it does when the limit is reached."""


async def memories(client: Redis) -> dict[str, Memory]:
    """Ask each server about its memory; they are named by host and port."""
    if not is_cluster(client):
        where = client.connection_pool.connection_kwargs
        found = {f"{where.get('host')}:{where.get('port')}": await client.info("memory")}
    else:
        found = await client.info("memory", target_nodes=RedisCluster.ALL_NODES)
    return {
        server: Memory(
            int(said.get("used_memory", 0)), int(said.get("maxmemory", 0)), str(said.get("maxmemory_policy"))
        )
        for server, said in found.items()
    }
