"""Addresses of pictures at a service: signed as imgproxy and thumbor ask for it, or in the clouds' forms."""

import pytest

from services.render.core.pages.picture_service import PictureService, format_of, is_drawn

URL = "https://p.example/图/a b.jpg?v=1&s=2#top"
PERCENT = "https%3A%2F%2Fp.example%2F%25E5%259B%25BE%2Fa%2520b.jpg%3Fv%3D1%26s%3D2"
PLAIN = "https://p.example/%E5%9B%BE/a%20b.jpg?v=1&s=2"
KEY, SALT = "736563726574", "68656C6C6F"


def test_imgproxys_signature_is_that_of_its_documentation() -> None:
    # "jpg" ends, as base64, the address that the example has in pieces
    template = (
        "http://imgproxy.example.com/{imgproxy}/rs:fill:{width}:400:0/g:sm/"
        "aHR0cDovL2V4YW1w/bGUuY29tL2ltYWdl/cy9jdXJpb3NpdHku/{base64}.png"
    )
    assert PictureService(template, KEY, SALT).address("jpg", 300) == (
        "http://imgproxy.example.com/oKfUtW34Dvo2BGQehJFR4Nr0_rIjOtdtzJ3QFsUcXH8/rs:fill:300:400:0/g:sm/"
        "aHR0cDovL2V4YW1w/bGUuY29tL2ltYWdl/cy9jdXJpb3NpdHku/anBn.png"
    )


def test_what_imgproxy_is_asked_is_signed_as_openssl_does_it() -> None:
    service = PictureService("/i/{imgproxy}/rs:fit:{width}/plain/{url}@{format}", KEY, SALT)
    signature = "gmhrXR58QyM392d_GTfGRoaGSmYweA6xLYzKOzFu2aw"
    assert service.address(URL, 640) == f"/i/{signature}/rs:fit:640/plain/{PERCENT}@jpg"


def test_thumbors_signature_is_that_of_its_documentation() -> None:
    service = PictureService("http://t.example/{thumbor}/{width}x200/{plain}", "my-security-key")
    assert service.address("my.server.com/some/path/to/image.jpg", 300) == (
        "http://t.example/8ammJH8D-7tXy6kU3lTvoXlhu4o=/300x200/my.server.com/some/path/to/image.jpg"
    )


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        ("{url}?x-oss-process=image/resize,w_{width}", "{plain}&x-oss-process=image/resize,w_640"),
        ("{url}?imageView2/2/w/{width}/format/{format}", "{plain}&imageView2/2/w/640/format/jpg"),
        ("{url}!{width}", "{plain}!640"),
        ("https://i.example/?url={url}&w={width}", "https://i.example/?url={percent}&w=640"),
        ("/cdn-cgi/image/width={width}/{plain}", "/cdn-cgi/image/width=640/{plain}"),
        ("https://i.example:8443/unsafe/{width}x0/{url}", "https://i.example:8443/unsafe/640x0/{percent}"),
    ],
)
def test_clouds_are_asked_in_their_own_forms(template: str, expected: str) -> None:
    assert PictureService(template).address(URL, 640) == expected.format(plain=PLAIN, percent=PERCENT)


def test_an_address_without_a_query_gets_one() -> None:
    assert PictureService("{url}?w={width}").address("https://p.example/a.png", 64) == (
        "https://p.example/a.png?w=64"
    )


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://p.example/a.PNG?x", "png"),
        ("https://p.example/a.gif", "gif"),
        ("https://p.example/a.webp", "webp"),
        ("https://p.example/a.avif", "jpg"),
        ("https://p.example/a", "jpg"),
    ],
)
def test_the_format_is_one_that_every_browser_shows(url: str, expected: str) -> None:
    assert format_of(url) == expected
    assert not is_drawn(url)


def test_a_drawing_is_known_by_its_name() -> None:
    assert is_drawn("https://p.example/a.svg")


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        ("https://i.example:8443/{width}/{url}", "https://i.example:8443"),
        ("http://i.example?u={url}&w={width}", "http://i.example"),
        ("/i/{width}/{url}", ""),
        ("{url}?w={width}", ""),
    ],
)
def test_the_host_is_told_for_the_policy_of_pages(template: str, expected: str) -> None:
    assert PictureService(template).host == expected


@pytest.mark.parametrize(
    ("template", "key", "salt", "fault"),
    [
        ("https://i.example/{size}/{url}", "", "", r"has \{size\}: what can stand there is \{base64\}, "),
        ("https://i.example/{width:>9}/{url}", "", "", r"has \{width\}"),
        ("https://i.example/{}/{url}", "", "", r"has \{\}"),
        ("https://i.example/{width/{url}", "", "", "a } for every {"),
        ("i.example/{width}/{url}", "", "", "must begin with https://"),
        ("//i.example/{width}/{url}", "", "", "must begin with https://"),
        ("https://{url}/{width}", "", "", "the service's host"),
        ("https://i.example; x/{url}/{width}", "", "", "the service's host"),
        ("https://i.example/{url}", "", "", "must have {width}"),
        ("https://i.example/{width}", "", "", "exactly one"),
        ("https://i.example/{width}/{url}/{base64}", "", "", "exactly one"),
        ("https://i.example/{width}/{url},", "", "", "no comma"),
        ("https://i.example/{width} /{url}", "", "", "no white space"),
        ("https://i.example/{thumbor}{width}/{url}", "k", "", "once, between two /"),
        ("https://i.example/{thumbor}/{thumbor}/{width}/{url}", "k", "", "once, between two /"),
        ("https://i.example/{thumbor}/{width}/?u={url}", "k", "", "no query"),
        ("https://i.example/{thumbor}/{width}/{url}", "", "", "RENDER_PICTURE_KEY"),
        ("https://i.example/{imgproxy}/{width}/{url}", "ab", "", "RENDER_PICTURE_SALT"),
        ("https://i.example/{imgproxy}/{width}/{url}", "secret", "ab", "in hexadecimal"),
    ],
)
def test_a_wrong_template_says_what_to_change(template: str, key: str, salt: str, fault: str) -> None:
    with pytest.raises(ValueError, match=fault):
        PictureService(template, key, salt)
