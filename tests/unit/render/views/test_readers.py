"""Who counts as one reader, and on which day."""

from datetime import date, datetime, timedelta
from ipaddress import ip_address, ip_network
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.render.core.views.readers import client_address, forwarded, reader_key, reading_day, segment
from services.render.settings import Settings

SALT = bytes(range(32))
AGENT = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0 Safari/537.36"
TRUSTED = Settings().trusted_proxies
SEATS = Settings().seats
KUALA_LUMPUR = ZoneInfo("Asia/Kuala_Lumpur")


@pytest.mark.parametrize(
    ("local", "day"),
    [
        ("2026-11-15T03:59:59", date(2026, 11, 14)),
        ("2026-11-15T04:00:00", date(2026, 11, 15)),
        ("2026-11-16T03:59:59", date(2026, 11, 15)),
    ],
)
def test_the_reading_day_begins_at_four_in_the_morning(local: str, day: date) -> None:
    assert reading_day(datetime.fromisoformat(local).replace(tzinfo=KUALA_LUMPUR), KUALA_LUMPUR) == day


def test_the_reading_day_begins_at_four_on_the_clock_also_when_summer_time_does() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    before = datetime(2026, 3, 29, 3, 59, tzinfo=berlin)
    assert reading_day(before, berlin) == date(2026, 3, 28)
    assert reading_day(before + timedelta(minutes=1), berlin) == date(2026, 3, 29)


def key(address: str, agent: str = AGENT, article: str = "a", salt: bytes = SALT) -> int:
    return reader_key(salt, ip_address(address), agent, article, SEATS)


@given(st.ip_addresses(), st.text(max_size=40), st.binary(min_size=32, max_size=32))
def test_a_key_is_below_two_to_the_53_and_a_segment_has_16_bits(
    address: object, agent: str, salt: bytes
) -> None:
    assert 0 <= reader_key(salt, address, agent, "a", SEATS) < 2**53  # type: ignore[arg-type]
    assert 0 <= segment(salt, address, "a") < 2**16  # type: ignore[arg-type]


def test_one_reader_has_another_key_on_every_article_and_every_day() -> None:
    keys = {key("192.0.2.1", article=one, salt=salt) for one in "abc" for salt in (SALT, SALT[::-1])}
    assert len(keys) == 6


def test_address_and_agent_tell_readers_apart() -> None:
    assert len({key("192.0.2.1"), key("192.0.2.2"), key("192.0.2.1", "Mozilla/5.0 Firefox/140")}) == 3


def test_a_household_of_ipv6_is_its_64_and_no_more() -> None:
    assert key("2001:db8:1:2::1") == key("2001:db8:1:2:ffff::9")
    assert key("2001:db8:1:2::1") != key("2001:db8:1:3::1")


def part(address: str, article: str = "a", salt: bytes = SALT) -> int:
    return segment(salt, ip_address(address), article)


def test_a_segment_is_a_network() -> None:
    assert part("192.0.2.200") == part("192.0.2.1") != part("192.0.3.1")
    assert part("2001:db8:1:2::1") == part("2001:db8:1:3::1")


def test_one_reader_is_of_another_segment_on_every_article_and_every_day() -> None:
    parts = {part("192.0.2.1", article=one, salt=salt) for one in "abc" for salt in (SALT, SALT[::-1])}
    assert len(parts) == 6


@given(st.ip_addresses(), st.lists(st.text(st.characters(codec="utf-8")), max_size=200), st.integers(1, 300))
def test_an_address_is_an_eighth_of_its_networks_seats_and_no_more(
    address: object, agents: list[str], seats: int
) -> None:
    keys = {reader_key(SALT, address, agent, "a", seats) for agent in agents}  # type: ignore[arg-type]
    assert len(keys) <= max(1, seats // 8)


@pytest.mark.parametrize("network", ["203.0.113.{}", "2001:db8:7:{:x}::1", "2001:db8:7:{:x}00::1"])
@pytest.mark.parametrize("seats", [64, 256, 1024])
def test_a_network_has_its_seats_and_no_more(network: str, seats: int) -> None:
    addresses = [network.format(n) for n in range(256)]
    # one browser at every address: each has a seat of its own, if there are so many
    assert len({reader_key(SALT, ip_address(a), AGENT, "a", seats) for a in addresses}) == min(seats, 256)
    crowd = {
        reader_key(SALT, ip_address(a), f"{AGENT} {n}", "a", seats) for a in addresses for n in range(20)
    }
    assert len(crowd) <= seats


@pytest.mark.parametrize(
    ("proxies", "forwarded_for", "reader"),
    [
        (0, "198.51.100.1", "10.0.0.9"),
        (1, "10.1.2.3", "10.1.2.3"),
        # whoever reads from inside may write what it likes before its own address
        (1, "198.51.100.1, 10.1.2.3", "10.1.2.3"),
        (2, "198.51.100.7, 198.51.100.1, 10.0.0.7", "198.51.100.1"),
        (3, "198.51.100.1", "198.51.100.1"),
    ],
)
def test_so_many_proxies_are_passed_as_there_are(proxies: int, forwarded_for: str, reader: str) -> None:
    assert client_address("10.0.0.9", forwarded_for, proxies) == ip_address(reader)


@pytest.mark.parametrize(
    ("header", "reader"),
    [
        ("for=198.51.100.1", "198.51.100.1"),
        ('for="[2001:db8::1]:4711";proto=https;by=203.0.113.9', "2001:db8::1"),
        ("For=1.1.1.1;host=a.example, proto=https; for=198.51.100.1:80", "198.51.100.1"),
        ("for=unknown", "127.0.0.1"),
        ("for=_hidden, for=10.0.0.1", "10.0.0.1"),
        ('for=198.51.100.1, , for="10.0.0.7:_proxy"', "198.51.100.1"),
        ("for=198.51.100.1,", "198.51.100.1"),
        ("proto=https;by=_edge;FOR=198.51.100.1;host=news.example", "198.51.100.1"),
        # a hop that names nobody is a hop, and what was sent before it is not believed
        ("for=203.0.113.9, by=10.0.0.8;proto=https, for=10.0.0.7", "10.0.0.7"),
        # a mark that a reader leaves open ends with its hop
        ('for="203.0.113.9, for="[2001:db8::5]:443"', "2001:db8::5"),
        ('for="203.0.113.9\\", for=198.51.100.1;by="x', "198.51.100.1"),
        ("notfor=203.0.113.9;for=198.51.100.1", "198.51.100.1"),
        # a host is what a reader asked for, and names no hop
        ('host="a.example;for=203.0.113.9";for=198.51.100.1', "198.51.100.1"),
        ('host="a\\";for=203.0.113.9;b=\\"";for=198.51.100.1', "198.51.100.1"),
    ],
)
def test_the_chain_may_be_in_the_standards_header(header: str, reader: str) -> None:
    assert client_address("127.0.0.1", forwarded(header), TRUSTED) == ip_address(reader)


@pytest.mark.parametrize(
    ("peer", "forwarded_for", "reader"),
    [
        ("203.0.113.9", "", "203.0.113.9"),
        ("203.0.113.9", "198.51.100.1", "203.0.113.9"),
        ("127.0.0.1", "198.51.100.1", "198.51.100.1"),
        ("172.18.0.5", "198.51.100.1, 10.0.0.7", "198.51.100.1"),
        ("127.0.0.1", "1.1.1.1, 198.51.100.1", "198.51.100.1"),
        ("127.0.0.1", "nonsense", "127.0.0.1"),
        ("127.0.0.1", "nonsense, 198.51.100.1", "198.51.100.1"),
        ("127.0.0.1", "10.0.0.1, 192.168.1.1", "10.0.0.1"),
        ("::ffff:127.0.0.1", "::ffff:198.51.100.1", "198.51.100.1"),
        ("::1", "2001:db8::1", "2001:db8::1"),
        # as proxies of the field write an address
        ("127.0.0.1", "198.51.100.1:50123", "198.51.100.1"),
        ("127.0.0.1", "[2001:db8::1]:443, 10.0.0.7:80", "2001:db8::1"),
        ("127.0.0.1", "[2001:db8::1]", "2001:db8::1"),
        ("127.0.0.1", '"198.51.100.1"', "198.51.100.1"),
        ("fe80::1%eth0", "", "fe80::1"),
        ("127.0.0.1", "[fe80::1%25eth0]:443", "fe80::1"),
        ("::ffff:10.0.0.7", "::ffff:198.51.100.1:50123", "198.51.100.1"),
        ("127.0.0.1", "[::ffff:198.51.100.1]:50123", "198.51.100.1"),
        ("127.0.0.1", "198.51.100.1:", "198.51.100.1"),
        ("127.0.0.1", "2001:db8:0:0:0:0:0:1:443", "2001:db8::1"),
        # a header that was sent twice, once with nothing in it
        ("127.0.0.1", "198.51.100.1,", "198.51.100.1"),
        ("127.0.0.1", "198.51.100.1,, ,\t10.0.0.7 , ", "198.51.100.1"),
        # where a proxy does not know, or does not say, what was sent before is not believed
        ("127.0.0.1", "203.0.113.9, unknown, 10.0.0.7", "10.0.0.7"),
        ("127.0.0.1", "203.0.113.9, _hidden", "127.0.0.1"),
        ("127.0.0.1", "203.0.113.9, 198.51.100.256", "127.0.0.1"),
        # balancers of clouds and of containers
        ("100.100.3.4", "198.51.100.1", "198.51.100.1"),
        ("fd00:ec2::8", "2001:db8::1", "2001:db8::1"),
        ("169.254.8.129", "198.51.100.1", "198.51.100.1"),
        ("fe80::2", "198.51.100.1", "198.51.100.1"),
        # an IPv4 inside an IPv6
        ("64:ff9b:1::198.51.100.1", "", "198.51.100.1"),
        ("64:ff9b:1:fffe::198.51.100.1", "", "198.51.100.1"),
        ("64:ff9b:1:c633:64:100::", "", "64:ff9b:1:c633:64:100::"),
        ("::ffff:0:198.51.100.1", "", "198.51.100.1"),
        ("64:ff9b::198.51.100.1", "", "198.51.100.1"),
    ],
)
def test_only_what_trusted_proxies_say_is_believed(peer: str, forwarded_for: str, reader: str) -> None:
    assert client_address(peer, forwarded_for, TRUSTED) == ip_address(reader)


def test_without_an_address_there_is_no_reader() -> None:
    assert client_address("", "", TRUSTED) is None


def test_trust_is_a_setting() -> None:
    mine = (ip_network("203.0.113.0/24"),)
    assert client_address("203.0.113.9", "198.51.100.1", mine) == ip_address("198.51.100.1")
    assert client_address("127.0.0.1", "198.51.100.1", mine) == ip_address("127.0.0.1")
