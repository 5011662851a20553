"""Who counts as one reader, on which day, and who is no reader at all."""

from datetime import date, datetime, timedelta
from ipaddress import ip_address, ip_network
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.render.core.readers import client_address, forwarded, is_bot, reader_key, reading_day, segment
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


@pytest.mark.parametrize(
    "agent",
    [
        "",
        "  ",
        "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
        "Mozilla/5.0 (compatible; bingbot/2.0)",
        "Mozilla/5.0 (compatible; Baiduspider/2.0)",
        "facebookexternalhit/1.1",
        "curl/8.5.0",
        "python-requests/2.32",
        "Go-http-client/2.0",
        "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 HeadlessChrome/140.0.0.0 Safari/537.36",
        "Mozilla/5.0 (compatible; Google-InspectionTool/1.0)",
        "Mozilla/5.0 (X11; Linux x86_64) Chrome/140.0 Safari/537.36 DatadogSynthetics",
        "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/538.1 PhantomJS/2.1.1 Safari/538.1",
        "WhatsApp/2.23",
        "Feedly/1.0 (+http://www.feedly.com/fetcher.html; 3 subscribers)",
        "Mozilla/5.0 (compatible; GPTBot/1.2)",
    ],
)
def test_who_says_it_is_a_program_or_says_nothing_is_no_reader(agent: str) -> None:
    assert is_bot(agent)


@pytest.mark.parametrize(
    "agent",
    [
        AGENT,
        "Mozilla/5.0 (Linux; Android 12; CUBOT X70) AppleWebKit/537.36 Chrome/140.0 Mobile Safari/537.36",
        "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0) AppleWebKit/605.1 MicroMessenger/8.0 NetType/WIFI",
        "Mozilla/5.0 (iPad; CPU OS 18_1) AppleWebKit/605.1.15 Mobile/15E148 Feedly/99.0",
        "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 Mobile Safari/537.36 NewsBlur",
        "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0) AppleWebKit/605.1 Weibo (iPhone15,2__weibo__14)",
        "Mozilla/5.0 (Linux; Android 13) AppleWebKit/537.36 Chrome/120.0 baiduboxapp/13.4",
        "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0) AppleWebKit/605.1.15 Mobile/15E148 [FBAN/FBIOS;FBAV/450.0]",
    ],
)
def test_a_persons_browser_is_a_reader(agent: str) -> None:
    assert not is_bot(agent)
