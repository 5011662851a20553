"""Claim: with 256 seats of a network an ordinary article loses 1 % of its readers; one address gains 32.

Readers of one article on one day are keyed by render itself, with and without bounds: lost is what is counted
less than a view for each address and agent, which is the peer. A group is many networks alike; what its
readers' browsers are is drawn from twelve, the first of them half of all. Attacks have one network.
"""

import random
from ipaddress import IPv4Address
from typing import Final, NamedTuple

from bench.measuring import head, show
from services.render.core.views.readers import reader_key

SEATS: Final = (64, 128, 256, 512)
SALT: Final = bytes(32)
NETWORKS: Final = 100

PHONE_OR_DESK: Final = ("Android; Mobile", "Windows NT 10.0")
FAMILIES: Final = ("Chrome", "Firefox", "Safari", "Edg", "OPR", "Konqueror")
KINDS: Final = [f"Mozilla/5.0 ({system}) {family}/141.0" for system in PHONE_OR_DESK for family in FAMILIES]

Reader = tuple[IPv4Address, str]


class Group(NamedTuple):
    """So many readers of an article in each network, who share so many of its addresses.

    `networks` of the kind are among those from which an ordinary article is read.
    """

    name: str
    readers: int
    addresses: int
    networks: int


GROUPS: Final = (
    Group("homes, 2 readers in a /24", 2, 256, 900),
    Group("an office, 5 behind one address", 5, 1, 40),
    Group("a university, 30 at their own addresses", 30, 256, 6),
    Group("a university, 30 behind one address", 30, 1, 4),
    Group("a carrier's /24, shared by thousands, 5", 5, 256, 200),
    Group("the same, 30", 30, 256, 6),
    Group("the same, 100", 100, 256, 0),
    Group("the same, 100 behind four addresses", 100, 4, 0),
    Group("the same, 300", 300, 256, 0),
)
"""The ordinary article has 3,500 readers on a day, the tenth of a site with 200 to 300 in its best hour."""


def main() -> None:
    """Print the tables."""
    chance = random.Random(5)
    asked = {group: [_network(group, n, chance) for n in range(NETWORKS)] for group in GROUPS}
    for seats in SEATS:
        head(f"{seats} seats: what honest readers lose")
        lost = sent = 0.0
        for group, networks in asked.items():
            # of another article each, so that it does not matter which browsers share a seat on one
            each = [(len(set(one)), counted(one, seats, f"bench-{n}")) for n, one in enumerate(networks)]
            pairs, views = sum(pair for pair, _ in each), sum(view for _, view in each)
            lost += (pairs - views) / NETWORKS * group.networks
            sent += pairs / NETWORKS * group.networks
            alike = group.readers - pairs / NETWORKS
            show(
                group.name,
                f"{1 - views / pairs:.1%}",
                f"alike without seats {alike:.1f} of {group.readers}",
                "",
            )
        show("an ordinary article", f"{lost / sent:.1%}", f"of {sent:,.0f} readers", "")
        for name, crowd in attacks().items():
            views, pairs = counted(crowd, seats), len(set(crowd))
            show(name, f"{views:,} views", f"without seats {pairs:,}", f"{pairs / views:,.0f} ×")


def attacks() -> dict[str, list[Reader]]:
    """Give those who pretend to be many in one network."""
    hosts = [IPv4Address(f"203.0.113.{n}") for n in range(256)]
    agents = [f"{KINDS[n % len(KINDS)]} {n}" for n in range(900)]
    return {
        "attack: one address with 900 agents": [(hosts[9], agent) for agent in agents],
        "attack: a /24, one browser at each address": [(host, agents[0]) for host in hosts],
        "attack: a /24 with 100 agents": [(host, agent) for host in hosts for agent in agents[:100]],
    }


def counted(readers: list[Reader], seats: int, article: str = "bench") -> int:
    """Count the keys that render makes of these readers."""
    return len({reader_key(SALT, address, agent, article, seats) for address, agent in set(readers)})


def _network(group: Group, number: int, chance: random.Random) -> list[Reader]:
    hosts = chance.sample(range(256), group.addresses)
    weights = [len(KINDS) - 1, *[1] * (len(KINDS) - 1)]
    return [
        (IPv4Address((100 << 24) + (number << 8) + chance.choice(hosts)), chance.choices(KINDS, weights)[0])
        for _ in range(group.readers)
    ]


if __name__ == "__main__":
    main()
