"""One publisher cannot swamp the pages: every text has a greatest length, whatever format brings it."""

from copy import deepcopy
from typing import Any, Final

import pytest

from services.ingest.core.decide import Accepted
from services.ingest.core.editions import UNKNOWN, advance
from services.ingest.core.faults import Rejection
from shared.events import ArticlePublished
from tests.builders import arrival, as_json, published, sent_article
from tests.unit.ingest.accepting import accept
from tests.unit.ingest.anything import NINJS

URL: Final = "https://a.example/1.jpg"
WHO: Final = {"who": "林编辑", "why": "开放日"}
ACTIONS: Final[dict[str, dict[str, Any]]] = {
    "withdraw": {"id": "a", "action": "withdraw", "reason": "legal"},
    "pin": {"article": "harbour-library", "action": "pin", **WHO},
    "feature": {"article": "harbour-library", "action": "feature", "slot": "lead", **WHO},
    "void": {
        "action": "void",
        "segment": 1,
        "from": "2026-11-15T09:00:00Z",
        "until": "2026-11-15T10:00:00Z",
        **WHO,
    },
}


def decided(sent: dict[str, Any]) -> Accepted | Rejection:
    return accept(as_json(sent), advance(UNKNOWN, published(), offset=0), arrival(9))


def refused(sent: dict[str, Any]) -> Rejection:
    outcome = decided(sent)
    assert isinstance(outcome, Rejection), "was accepted"
    return outcome


FIELDS: Final = [
    ("title", 200), ("byline", 200), ("source", 200), ("correction", 2_000), ("uri", 2_048),
    ("picture/caption", 2_000), ("picture/alt", 2_000), ("picture/credit", 200),
    ("pictures/0/caption", 2_000), ("pictures/0/alt", 2_000), ("pictures/0/credit", 200), ("tags/0", 50),
]  # fmt: skip


def with_field(place: str, text: str) -> dict[str, Any]:
    sent: dict[str, Any] = sent_article(picture={"url": URL}, pictures=[{"url": URL}], tags=[""])
    *way, last = place.split("/")
    inside: Any = sent
    for step in way:
        inside = inside[int(step) if step.isdigit() else step]
    inside[int(last) if last.isdigit() else last] = text
    return sent


@pytest.mark.parametrize(("place", "most"), FIELDS)
def test_a_text_may_be_so_long_and_no_longer(place: str, most: int) -> None:
    assert isinstance(decided(with_field(place, "字" * most)), Accepted)
    (fault,) = refused(with_field(place, "字" * (most + 1))).faults
    assert fault.pointer == f"/{place}"
    assert f"{most + 1:,} characters long, at most {most:,} are possible" in fault.detail


@pytest.mark.parametrize(
    ("action", "field", "most"),
    [
        ("withdraw", "note", 2_000),
        ("withdraw", "public_note", 2_000),
        ("pin", "who", 200),
        ("pin", "why", 2_000),
        ("feature", "who", 200),
        ("feature", "why", 2_000),
        ("void", "who", 200),
        ("void", "why", 2_000),
    ],
)
def test_so_is_what_is_said_of_an_action(action: str, field: str, most: int) -> None:
    assert isinstance(decided(ACTIONS[action] | {field: "字" * most}), Accepted)
    (fault,) = refused(ACTIONS[action] | {field: "字" * (most + 1)}).faults
    assert (fault.pointer, f"at most {most:,} are possible" in fault.detail) == (f"/{field}", True)


@pytest.mark.parametrize(
    ("field", "entries", "most"),
    [
        ("tags", ["字"], 100),
        ("pictures", [{"url": URL}], 100),
        ("picture", [{"url": URL, "width": 1}], 20),
    ],
)
def test_a_list_may_have_so_many_entries(field: str, entries: list[Any], most: int) -> None:
    def holding(number: int) -> dict[str, Any]:
        listed = entries * number
        value: Any = {"url": URL, "renditions": listed} if field == "picture" else listed
        return sent_article() | {field: value}

    assert isinstance(decided(holding(most)), Accepted)
    (fault,) = refused(holding(most + 1)).faults
    assert fault.pointer == ("/picture/renditions" if field == "picture" else f"/{field}")
    assert f"has {most + 1} entries, at most {most} are possible" in fault.detail


BODIES: Final = {
    "a caption in HTML": (
        "html",
        f"<figure><img src='{URL}'><figcaption>{{}}</figcaption></figure><p>文</p>",
    ),
    "a caption in two pieces": (
        "html",
        f"<figure><img src='{URL}'><figcaption>{{}}</figcaption><figcaption>b</figcaption></figure><p>文",
    ),
    "an alternative text in HTML": ("html", f"<img src='{URL}' alt='{{}}'><p>文</p>"),
    "a table's caption": ("html", "<table><caption>{}</caption><tr><th>a</th><td>b</td></tr></table>"),
    "what an embed is called": ("html", "<iframe src='https://v.example/1' title='{}'></iframe><p>文</p>"),
    "an embed's caption": (
        "html",
        "<figure><iframe src='https://v.example/1'></iframe><figcaption>{}</figcaption></figure><p>文</p>",
    ),
    "a caption in Markdown": ("markdown", f'![图]({URL} "{{}}")\n\n文'),
    "an alternative text in Markdown": ("markdown", f"![{{}}]({URL})\n\n文"),
}


@pytest.mark.parametrize("name", BODIES)
def test_captions_in_a_body_are_bounded_like_others(name: str) -> None:
    written_in, body = BODIES[name]
    (fault,) = refused(sent_article(format=written_in, body=body.format("字" * 200_000))).faults
    assert fault.pointer == "/body"
    assert fault.detail.endswith("characters, at most 2,000 are possible")
    assert isinstance(decided(sent_article(format=written_in, body=body.format("字" * 1_990))), Accepted)


def with_caption(item: dict[str, Any], text: str) -> dict[str, Any]:
    item = deepcopy(item)
    associated = item["associations"]
    if isinstance(associated, dict):
        associated["lead"]["description_text"] = text
    else:
        associated[0]["descriptions"][0]["value"] = text
    return item


@pytest.mark.parametrize(
    ("item", "place"),
    [
        (NINJS[1], "/associations/lead/description_text"),
        (NINJS[5], "/associations/0/descriptions/0/value"),
    ],
)
def test_an_agencys_caption_is_told_at_its_place(item: dict[str, Any], place: str) -> None:
    (fault,) = refused(with_caption(item, "字" * 2_001)).faults
    assert (fault.pointer, fault.detail) == (
        place,
        "is 2,001 characters long, at most 2,000 are possible",
    )
    assert isinstance(decided(with_caption(item, "字" * 2_000)), Accepted)


@pytest.mark.parametrize(("item", "place"), [(NINJS[0], "/byline"), (NINJS[5], "/by")])
def test_an_agencys_byline_is_told_at_its_place(item: dict[str, Any], place: str) -> None:
    (fault,) = refused(item | {place[1:]: "字" * 201}).faults
    assert (fault.pointer, "at most 200" in fault.detail) == (place, True)


def test_of_an_agencys_other_texts_those_that_fit_are_taken() -> None:
    item = NINJS[1] | {
        "subject": [{"name": "字" * 51}, {"name": "地方"}],
        "infosource": [{"name": "权" * 201}],
        "copyrightholder": "社",
    }
    item["associations"] = {
        "lead": item["associations"]["lead"]
        | {"byline": "摄" * 201, "copyrightholder": "社", "description_alt": "替" * 2_001}
    }
    outcome = decided(item)
    assert isinstance(outcome, Accepted), outcome
    (text,) = outcome.articles
    assert isinstance(text, ArticlePublished)
    assert (text.tags, text.source) == (("地方",), "社")
    assert (text.pictures[0].credit, text.pictures[0].alt) == ("社", "")


TURNED: Final = "\u202egpj.elif"


@pytest.mark.parametrize("place", [place for place, _ in FIELDS if place != "uri"])
def test_no_text_turns_what_stands_behind_it(place: str) -> None:
    (fault,) = refused(with_field(place, TURNED)).faults
    assert (fault.pointer, "contains U+202E at character 1" in fault.detail) == (f"/{place}", True)


@pytest.mark.parametrize("change", [{"section": TURNED}, {"section": "a\u2066b"}])
def test_nor_does_a_section(change: dict[str, Any]) -> None:
    assert [fault.pointer for fault in refused(sent_article(**change)).faults] == ["/section"]


@pytest.mark.parametrize("name", BODIES)
def test_nor_does_a_caption_in_a_body(name: str) -> None:
    written_in, body = BODIES[name]
    (fault,) = refused(sent_article(format=written_in, body=body.format(TURNED))).faults
    assert (fault.pointer, "contains U+202E" in fault.detail) == ("/body", True)
