"""Why an article stands where it stands: buckets × weights that add up to its score, and a sentence."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Final

from pydantic import BaseModel

from services.rank.core.clock import BUCKET_MS, DAY_MS, WEIGHT, WINDOWS, bucket_of, utc
from services.rank.core.desk import Action, Desk, Kind
from services.rank.core.facts import FOREVER, Facts
from services.rank.core.scores import ALL
from shared.events import ListName


class Part(BaseModel):
    """What one bucket, named by its beginning, adds to the score."""

    bucket: datetime
    readers: int
    weight: int
    points: int


class DeskPart(BaseModel):
    """A pin or ban in force."""

    action: Kind
    scope: str
    position: int | None
    who: str
    remark: str | None
    why: str
    at: datetime
    until: datetime | None


class Explanation(BaseModel):
    """The answer to "why is this article where it is": points of the parts sum to the score."""

    id: str
    list: ListName
    as_of: datetime
    score: int
    parts: tuple[Part, ...]
    desk: tuple[DeskPart, ...]
    sentence: str


_SPAN: Final[dict[ListName, str]] = {"now": "过去60分钟", "24h": "过去24小时", "3d": "过去3天"}


def explain(
    article: str,
    list_name: ListName,
    as_of_ms: int,
    readers: Mapping[int, int],
    facts: Facts,
    actions: Desk,
    now_ms: int,
    max_age_ms: int = FOREVER,
) -> Explanation:
    """Explain a score; `readers` has the readers of each bucket, `actions` are those in force."""
    end = bucket_of(as_of_ms)
    parts = tuple(
        Part(bucket=utc(b * BUCKET_MS), readers=n, weight=WEIGHT, points=n * WEIGHT)
        for b, n in sorted(readers.items())
        if end - WINDOWS[list_name] < b <= end and n
    )
    of_article = [a for a in actions if a.article == article]
    score = sum(part.points for part in parts)
    said = [_read(list_name, score), *_besides(facts, of_article, as_of_ms, now_ms, max_age_ms)]
    return Explanation(
        id=article,
        list=list_name,
        as_of=utc(as_of_ms),
        score=score,
        parts=parts,
        desk=tuple(_desk_part(a) for a in of_article),
        sentence=f"{'，'.join(said)}。",
    )


def _read(list_name: ListName, score: int) -> str:
    if not score:
        return f"{_SPAN[list_name]}还没有读者读这篇"
    if list_name == "now":
        return f"{_SPAN[list_name]}有{score}位读者读了这篇"
    # over more than one reading day the same reader may count again
    return f"{_SPAN[list_name]}读者读了这篇{score}次，每位读者每天只计一次"


def _besides(
    facts: Facts, actions: list[Action], as_of_ms: int, now_ms: int, max_age_ms: int
) -> Iterator[str]:
    """Say what else than readers decides the article's place, if anything does."""
    kinds = {a.kind for a in actions if a.scope == ALL}
    if (obstacle := _obstacle(facts, now_ms)) is not None:
        yield obstacle
    elif "banned" in kinds:
        yield "但编辑部不让它上榜"
    elif "pinned" in kinds:
        yield "编辑部把它置顶"
    elif facts.is_too_old(as_of_ms, max_age_ms):
        yield f"但它发布已超过{max_age_ms // DAY_MS}天，不再上榜"


def _obstacle(facts: Facts, now_ms: int) -> str | None:
    """Say why an article may not be hot, whoever reads it."""
    if facts.standing.withdrawn:
        return "但它已被撤下"
    if facts.standing.order is None:
        return "但它还没有发布"
    if facts.barred:
        return "但推广和敏感内容不上榜"
    return None if now_ms < facts.expires_ms else "但它已经过期"


def _desk_part(action: Action) -> DeskPart:
    return DeskPart(
        action=action.kind,
        scope=action.scope,
        position=action.position or None,
        who=action.who,
        remark=action.remark,
        why=action.why,
        at=utc(action.at_ms),
        until=None if action.until_ms is None else utc(action.until_ms),
    )
