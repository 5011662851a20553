"""One rule for web addresses, wherever they stand; what is odd or long is none, and costs nothing."""

import time

import pytest

from services.ingest.core.addresses import LONGEST, link_address, source_address, web_address


@pytest.mark.parametrize(
    "address",
    [
        "https://a.example",
        "HTTP://a.example/字?q=#x",
        "http://127.0.0.1:8080/",
        "https://a.example?q",
        "https://a.example/" + "x" * (LONGEST - 18),
    ],
)
def test_a_whole_address_of_the_web_is_kept_as_sent(address: str) -> None:
    assert web_address(address) == source_address(address) == link_address(address) == address


@pytest.mark.parametrize(
    "address",
    [
        "",
        "a.example",
        "/a",
        "//",
        "https://",
        "https:///a",
        "https://?q",
        "https:a.example",
        "javascript:alert(1)",
        "data:image/png;base64,x",
        "file:///a",
        "mailto:",
        "mailto:@b",
        "https://a.example/" + "x" * (LONGEST - 17),
    ],
)
def test_any_other_is_none(address: str) -> None:
    assert web_address(address) is None
    assert source_address(address) is None
    assert link_address(address) is None


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        (" https://a.example/x y\u3000z ", "https://a.example/x%20y%E3%80%80z"),
        ("https://a.exam\n\tple/", "https://a.example/"),
        ("//a.example", "https://a.example"),
    ],
)
def test_in_a_page_an_address_means_what_a_browser_takes_it_for(written: str, meant: str) -> None:
    assert web_address(written) is None
    assert source_address(written) == link_address(written) == meant


def test_only_a_link_leads_to_a_mailbox() -> None:
    assert link_address("mailto:a@b.example?subject=x y") == "mailto:a@b.example?subject=x%20y"
    assert source_address("mailto:a@b.example") is None
    assert source_address(None) is link_address(None) is None


@pytest.mark.parametrize("scrap", ["\u3000", "x", "/", "@", "%20", "https://", "mailto:@", " "])
def test_no_address_takes_long(scrap: str) -> None:
    began = time.process_time()
    for beginning in ("https://", "mailto:"):
        for size in (LONGEST // len(scrap) - 8, 1_000_000):
            address = beginning + scrap * size + "\u3000"
            _ = web_address(address), source_address(address), link_address(address)
    assert time.process_time() - began < 0.5
