"""A feed leads `import-feed` nowhere that only this machine can reach."""

import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from publisher.adapters import feeds, fetching
from publisher.adapters.failures import CommandError
from publisher.core import redirections

FEED = (
    b"<rss version='2.0'><channel><title>x</title><item><title>a</title><guid>urn:x:1</guid>"
    b"<description>b</description></item></channel></rss>"
)
# both are this machine's; the tests say which of them is everybody's
OURS, PUBLIC = "127.0.0.1", "127.0.0.2"


class Site:
    """A server on an address, whose paths answer a feed, or lead elsewhere."""

    def __init__(self, ip: str, context: ssl.SSLContext | None = None) -> None:
        self.asked: list[str] = []
        self.hosts: list[str | None] = []
        self.leads: dict[str, str] = {}
        site = self

        class Answer(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                site.asked.append(self.path)
                site.hosts.append(self.headers["host"])
                location = site.leads.get(self.path)
                self.send_response(200 if location is None else 302)
                if location is not None:
                    self.send_header("Location", location)
                self.end_headers()
                self.wfile.write(FEED if location is None else b"")

            def log_message(self, *arguments: object) -> None:
                pass

        self._server = ThreadingHTTPServer((ip, 0), Answer)
        if context is not None:
            self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        self.port = self._server.server_port
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()

    def close(self) -> None:
        """Stop answering."""
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> dict[str, list[str]]:
    """Give what names mean, each time they are asked for; the last meaning stays."""
    known: dict[str, list[str]] = {}
    real = socket.getaddrinfo

    def asked(host: Any, port: Any, *rest: Any, **more: Any) -> Any:
        meant = known.get(host if isinstance(host, str) else host.decode())
        if meant is None:
            return real(host, port, *rest, **more)
        found = meant.pop(0) if len(meant) > 1 else meant[0]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (ip, port)) for ip in found.split()]

    monkeypatch.setattr(socket, "getaddrinfo", asked)
    really = redirections.is_public
    monkeypatch.setattr("publisher.adapters.fetching.is_public", lambda ip: ip == PUBLIC or really(ip))
    return known


@pytest.fixture
def public() -> Iterator[Site]:
    site = Site(PUBLIC)
    yield site
    site.close()


@pytest.fixture
def ours() -> Iterator[Site]:
    site = Site(OURS)
    yield site
    site.close()


def refused(source: str) -> str:
    with pytest.raises(CommandError) as error:
        feeds.load(source)
    return str(error.value)


def test_a_feed_leads_to_no_address_of_our_own(public: Site, ours: Site, names: dict[str, list[str]]) -> None:
    names["feed.example"] = [PUBLIC]
    names["inner.example"] = [OURS]
    for host in (OURS, "localhost", "2130706433", "127.1", "0x7f.1", "[::ffff:127.0.0.1]", "inner.example"):
        public.leads["/"] = f"http://{host}:{ours.port}/secret"
        assert "in no public network" in refused(f"http://feed.example:{public.port}/"), host
        assert ours.asked == [], host


def test_nor_does_one_that_is_given_there(public: Site, ours: Site, names: dict[str, list[str]]) -> None:
    ours.leads["/"] = f"http://{PUBLIC}:{public.port}/"
    public.leads["/"] = f"http://169.254.169.254:{public.port}/latest"
    assert "leads to http://169.254.169.254" in refused(f"http://{OURS}:{ours.port}/")


def test_a_name_means_what_it_meant_when_it_was_looked_at(
    public: Site, ours: Site, names: dict[str, list[str]]
) -> None:
    names["feed.example"] = [PUBLIC, OURS]
    assert feeds.load(f"http://feed.example:{public.port}/").entries
    assert (public.asked, ours.asked) == (["/"], [])
    assert public.hosts == [f"feed.example:{public.port}"]


def test_of_a_names_addresses_only_public_ones_are_asked(
    public: Site, ours: Site, names: dict[str, list[str]]
) -> None:
    names["feed.example"] = [f"{OURS} {PUBLIC}"]
    assert feeds.load(f"http://feed.example:{public.port}/").entries
    assert ours.asked == []


def test_a_name_of_our_own_network_is_asked_only_if_that_is_said(
    ours: Site, names: dict[str, list[str]]
) -> None:
    names["inner.example"] = [OURS]
    source = f"http://inner.example:{ours.port}/"
    assert "say --private" in refused(source)
    assert feeds.load(source, private=True).entries


def test_a_feed_that_is_given_in_our_own_network_may_move_there(
    public: Site, ours: Site, names: dict[str, list[str]]
) -> None:
    ours.leads |= {"/": "/new", "/away": f"http://{PUBLIC}:{public.port}/"}
    for path in ("", "away"):
        assert feeds.load(f"http://{OURS}:{ours.port}/{path}").entries
    assert feeds.load(f"http://localhost:{ours.port}/").entries


@pytest.mark.parametrize(
    "location", ["file:///etc/passwd", "ftp://127.0.0.2/", "gopher://127.0.0.2/", "data:,x"]
)
def test_a_feed_leads_to_no_other_scheme(public: Site, names: dict[str, list[str]], location: str) -> None:
    public.leads["/"] = location
    assert "not" in refused(f"http://{PUBLIC}:{public.port}/")
    assert public.asked == ["/"]


def test_a_feed_does_not_lead_on_for_ever(public: Site) -> None:
    public.leads["/"] = "/"
    assert "leads on and on" in refused(f"http://{PUBLIC}:{public.port}/")
    assert len(public.asked) == 6


@pytest.fixture
def certified(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], Site]]:
    """Give a maker of servers on the public address, certified for a name that clients trust."""
    sites = []

    def made(name: str) -> Site:
        paths = [str(tmp_path / "key.pem"), str(tmp_path / "cert.pem")]
        asking = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"]
        asking += ["-nodes", "-days", "9999", "-subj", f"/CN={name}", "-addext", f"subjectAltName=DNS:{name}"]
        asking += ["-keyout", paths[0], "-out", paths[1]]
        subprocess.run(asking, check=True, capture_output=True)
        monkeypatch.setenv("SSL_CERT_FILE", paths[1])
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(paths[1], paths[0])
        sites.append(Site(PUBLIC, context))
        return sites[-1]

    yield made
    for site in sites:
        site.close()


@pytest.mark.parametrize("piece", [b"HTTP/1.1 200 OK\r\nx: ", b"HTTP/1.1 200 OK\r\n\r\n"])
def test_a_feed_that_drips_is_given_up_in_time(monkeypatch: pytest.MonkeyPatch, piece: bytes) -> None:
    monkeypatch.setattr(fetching, "FETCH_S", 2.0)
    ended, began = threading.Event(), time.monotonic()

    def drip() -> None:
        with suppress(OSError), listening.accept()[0] as connection:
            connection.recv(1000)
            connection.sendall(piece)
            while not ended.wait(0.05) and time.monotonic() - began < 20:
                connection.sendall(b"x")

    with socket.create_server((OURS, 0)) as listening:
        listening.settimeout(10)
        dripping = threading.Thread(target=drip)
        dripping.start()
        told = refused(f"http://{OURS}:{listening.getsockname()[1]}/")
        took = time.monotonic() - began
        ended.set()
        dripping.join()
    assert "was not received in full within 2 s" in told
    assert took < 15


def test_the_certificate_must_be_the_names(
    certified: Callable[[str], Site], public: Site, names: dict[str, list[str]]
) -> None:
    names |= {"feed.example": [PUBLIC], "other.example": [PUBLIC]}
    site = certified("feed.example")
    assert feeds.load(f"https://feed.example:{site.port}/").entries
    assert "certificate" in refused(f"https://other.example:{site.port}/")
    public.leads["/"] = f"https://feed.example:{site.port}/"
    assert feeds.load(f"http://feed.example:{public.port}/").entries


def test_a_feed_does_not_lead_to_plain_text(
    certified: Callable[[str], Site], public: Site, names: dict[str, list[str]]
) -> None:
    names["feed.example"] = [PUBLIC]
    site = certified("feed.example")
    site.leads["/"] = f"http://feed.example:{public.port}/"
    assert "leads from https to http" in refused(f"https://feed.example:{site.port}/")
    assert public.asked == []


@pytest.mark.parametrize(
    "address",
    [
        *("127.0.0.1", "127.9.9.9", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1"),
        *("0.0.0.1", "224.0.0.1", "255.255.255.255", "198.18.0.1", "192.0.0.1", "240.0.0.1"),
        *("::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1", "fd00::1", "fec0::1", "ff02::1", "2001:db8::1"),
        *(
            "::ffff:10.0.0.1",
            "::ffff:0:7f00:1",
            "64:ff9b::7f00:1",
            "64:ff9b:1::1",
            "2002:7f00:1::",
            "2001::1",
        ),
    ],
)
def test_no_such_address_is_public(address: str) -> None:
    assert not redirections.is_public(address)


@pytest.mark.parametrize("address", ["1.1.1.1", "2606:4700::1111", "::ffff:1.1.1.1", "64:ff9b::101:101"])
def test_such_an_address_is_public(address: str) -> None:
    assert redirections.is_public(address)
