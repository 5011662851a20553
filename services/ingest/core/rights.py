"""Who may do what: one rule for every door.

What a publisher may not know answers as what is not there; what it may not write it cannot block. Of another
section's article it may know what its page tells everybody: all that is published, and of what is gone only
that it is.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from services.ingest.core.editions import Edition
from services.ingest.core.faults import Rejection
from services.ingest.core.submissions import Publish, Reinstate, Submission, Withdraw
from shared.sections import one_name

Sight = Literal["all", "gone", "nothing"]


@dataclass(frozen=True, slots=True)
class Publisher:
    """Who sends: bound to sections (`*`: all), and maybe a desk, which acts on every article."""

    name: str
    sections: tuple[str, ...] = ("*",)
    desk: bool = False

    @property
    def is_bound(self) -> bool:
        """Tell whether only some sections may be written."""
        return "*" not in self.sections

    @property
    def knows_all(self) -> bool:
        """Tell whether nothing is hidden from it."""
        return self.desk or not self.is_bound

    def may_write(self, section: str) -> bool:
        """Tell whether articles of this section may be written, however its name is spelled."""
        return not self.is_bound or one_name(section) in map(one_name, self.sections)

    def sees(self, edition: Edition, now: datetime) -> Sight:
        """Tell how much of an article it may know: all, only that it is gone, or nothing."""
        if self.knows_all or self.may_write(edition.section):
            return "all"
        state = edition.state(now)
        if state == "published":
            return "all"
        return "gone" if state in ("withdrawn", "expired") else "nothing"


NEWSROOM: Final = Publisher("newsroom", desk=True)
"""Who writes to ingest.v1 without saying who it is."""


def unknown(article_id: str) -> Rejection:
    """Say that there is no such article, or none that the publisher may know of."""
    return Rejection(404, f"no article {article_id} is known", id=article_id)


def forbidden(by: Publisher, sent: Submission, edition: Edition, now: datetime) -> Rejection | None:
    """Say why a publisher may not do what it sent; None if it may."""
    if not isinstance(sent, Publish | Withdraw | Reinstate):
        return None if by.desk else _refused(sent.id, f"{by.name} is not a desk")
    if not by.is_bound:
        return None
    if isinstance(sent, Publish) and not by.may_write(sent.section):
        return _refused(sent.id, f"{by.name} may not write the section {sent.section}")
    publishes = isinstance(sent, Publish)
    if by.may_write(edition.section) or (publishes and not edition.section):
        return None
    match by.sees(edition, now):
        case "all" if edition.section:
            return _refused(sent.id, f"{by.name} may not write the section {edition.section}")
        case "gone":
            return _refused(sent.id, f"{by.name} may not write the article {sent.id}")
    return Rejection(409, f"the id {sent.id} is taken", id=sent.id) if publishes else unknown(sent.id)


def _refused(article_id: str, why: str) -> Rejection:
    return Rejection(403, why, id=article_id)
