"""How ingest is put together, and its command line."""

import typer
from mode import Service

from services.ingest.adapters.article_log import ArticleLog
from services.ingest.adapters.dead_letter_log import DeadLetterLog
from services.ingest.adapters.door import Door
from services.ingest.adapters.guard import Guard
from services.ingest.adapters.http import create_app
from services.ingest.adapters.inbox import Inbox
from services.ingest.adapters.outbox import Outbox
from services.ingest.adapters.outcomes import Outcomes
from services.ingest.adapters.quarantine_command import quarantine
from services.ingest.adapters.tokens import Tokens
from services.ingest.settings import Settings
from shared import settings, worker
from shared.health import Health
from shared.lag import Lag
from shared.runtime import configure_logging, log

_lag = Lag("remen_ingest_lag_records", "Records of a topic's partition that this worker has not read yet")

cli = typer.Typer(add_completion=False, help="Take articles in and answer with the outcome.")


def wire_up(given: Settings) -> list[Service]:
    """Make the services of the worker, each knowing those that it needs."""
    servers = given.kafka_bootstrap_servers
    tokens = Tokens(given)
    outbox = Outbox(servers, given.instance)
    outcomes = Outcomes()
    articles = ArticleLog(servers, outbox.topics_ready, outcomes)
    inbox = Inbox(given, tokens, outbox, articles)
    guard = Guard(servers, articles, inbox, outbox)
    letters = DeadLetterLog(servers, outbox.topics_ready, outcomes)
    for reader, behind in (("inbox", inbox.behind), ("articles", articles.behind), ("dead", letters.behind)):
        _lag.ask(reader, behind)
    health = Health(
        {
            "kafka": lambda: None if outbox.started_producing.is_set() else "Kafka is waited for",
            "articles": lambda: None if articles.caught_up_once.is_set() else "articles.v1 is being read",
            "dead letters": lambda: None if letters.loaded.is_set() else "ingest.v1.dead is being read",
            "inbox": inbox.stuck,
            "tokens": tokens.complaint,
        }
    )
    http = worker.HttpService(
        create_app(Door(given, tokens, outbox, articles, outcomes), letters, health), given.host, given.port
    )
    return [tokens, outbox, articles, inbox, guard, letters, http]


@cli.callback(invoke_without_command=True)
def run(
    context: typer.Context,
    check: bool = typer.Option(False, help="Only read the settings, put everything together, and exit."),
) -> None:
    """Run the service."""
    if context.invoked_subcommand is not None:
        return
    configure_logging("ingest")
    given = settings.read(Settings)
    if not given.tokens and given.tokens_file is None:
        log.warning("no_tokens", consequence="every request is answered 401; set INGEST_TOKENS")
    services = wire_up(given)
    if not check:
        worker.run("ingest", services)


cli.add_typer(quarantine, name="quarantine")
