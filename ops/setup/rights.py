"""Who may do what in Kafka and in Redis: one user for each service, and what it needs."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

Operation = Literal["READ", "WRITE", "CREATE", "DESCRIBE"]


@dataclass(frozen=True, slots=True)
class Right:
    """What a user may do with a topic or a consumer group, or with all whose names begin so."""

    kind: Literal["TOPIC", "GROUP"]
    name: str
    operation: Operation
    prefixed: bool = False


def _topic(name: str, *operations: Operation, prefixed: bool = False) -> tuple[Right, ...]:
    return tuple(Right("TOPIC", name, operation, prefixed) for operation in operations)


# A service makes the topics that it waits for: whichever comes first. Made, they can be made no second time.
RIGHTS: Final[Mapping[str, tuple[Right, ...]]] = {
    "ingest": (
        *_topic("ingest.v1", "READ", "WRITE", "CREATE"),
        # the topics of publishers, ingest.v1.<name>
        *_topic("ingest.v1.", "READ", "CREATE", prefixed=True),
        *_topic("ingest.v1.dead", "WRITE"),
        *_topic("articles.v1", "READ", "WRITE", "CREATE"),
        *_topic("desk.v1", "READ", "WRITE", "CREATE"),
        *(
            right
            for name in ("views.v1", "salts.v1", "hot.v1")
            for right in _topic(name, "DESCRIBE", "CREATE")
        ),
        Right("GROUP", "ingest", "READ"),
    ),
    "rank": (
        # it forwards a view that lies in a wrong partition
        *_topic("views.v1", "READ", "WRITE", "CREATE"),
        *_topic("articles.v1", "READ", "CREATE"),
        *_topic("desk.v1", "READ", "CREATE"),
        *_topic("hot.v1", "WRITE", "CREATE"),
        Right("GROUP", "rank", "READ"),
    ),
    "render": (
        *_topic("articles.v1", "READ", "CREATE"),
        *_topic("desk.v1", "READ", "CREATE"),
        *_topic("views.v1", "WRITE", "CREATE"),
        *_topic("salts.v1", "READ", "WRITE", "CREATE"),
    ),
    "archive": _topic("articles.v1", "READ", "CREATE"),
    # the trusted newsroom, which is told the outcomes and may repair what was refused
    "newsroom": (
        *_topic("ingest.v1", "WRITE"),
        *(right for name in ("articles.v1", "desk.v1", "ingest.v1.dead") for right in _topic(name, "READ")),
    ),
}


def of_publisher(name: str) -> tuple[Right, ...]:
    """Give what a publisher with a topic of its own may do: write there."""
    return _topic(f"ingest.v1.{name}", "WRITE")


_REDIS: Final = {
    # nobody may ask whether it lives, and nothing else
    "default": ("nopass", "-@all", "+ping"),
    "rank": (
        # the second of hot's lies beside a list and tells of which moment it is
        "~{{r*}}:*", "~hot:*", "~{{hot:*",
        "-@all", "+@read", "+@write", "+@connection", "+eval", "-@dangerous", "+info",
        "{password}",
    ),
    "render": ("%R~hot:*", "-@all", "+@connection", "-@dangerous", "+getrange", "{password}"),
}  # fmt: skip
REDIS_USERS: Final = ("rank", "render")


def redis_users(sha256: Mapping[str, str]) -> str:
    """Give Redis's file of users, who are known by the SHA-256 of their passwords; a line each."""
    return "".join(
        f"user {name} reset on {' '.join(words).format(password=f'#{sha256.get(name)}')}\n"
        for name, words in _REDIS.items()
    )
