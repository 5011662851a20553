"""How rank is put together, and its command line."""

from typing import Annotated

import typer
from mode import Service

from services.rank.adapters.archive import Archive
from services.rank.adapters.commands import show_hot, show_why
from services.rank.adapters.counting import Counting, Publishing
from services.rank.adapters.follower import Follower
from services.rank.adapters.hot_list_store import HotListStore
from services.rank.adapters.http import create_app
from services.rank.adapters.loader import Loader
from services.rank.adapters.log import Log
from services.rank.adapters.monitoring import Monitoring
from services.rank.adapters.outbox import Outbox
from services.rank.adapters.preview import Previews
from services.rank.adapters.publisher import Publisher
from services.rank.adapters.store import Store, connect
from services.rank.adapters.tokens import Tokens
from services.rank.adapters.voiding import Voiding
from services.rank.core.clock import DAY_MS
from services.rank.core.fold import Rules
from services.rank.core.views import Limits
from services.rank.settings import Settings
from shared import settings, worker
from shared.health import Health
from shared.runtime import configure_logging

cli = typer.Typer(add_completion=False, help="Count every view once and keep the hot lists.")

AsJson = Annotated[bool, typer.Option("--json", help="Print the answer as JSON.")]
ListName = Annotated[str, typer.Option("--list", help="now, 24h or 3d")]


def wire_up(given: Settings) -> list[Service]:
    """Make the services of the worker, each knowing those that it needs."""
    servers = given.kafka_bootstrap_servers
    limits = Limits(ahead_ms=given.ahead_s * 1000, late_ms=given.late_s * 1000)
    rules = Rules(given.zone, limits, given.seats, given.max_age_days * DAY_MS)
    redis = connect(given.redis_address)
    store, hot_lists = Store(redis, given.zone), HotListStore(redis, given.zone)
    views = Log(servers, given.instance, given.session_s)
    outbox = Outbox(servers, f"rank-{given.instance}")
    loader = Loader(views, store, given.zone)
    voiding = Voiding(servers, hot_lists, rules)
    follower = Follower(views, store, hot_lists, outbox, loader, rules, given.list_every_s, voiding=voiding)
    counting = Counting(servers, views, follower, outbox)
    publisher = Publisher(hot_lists, outbox, given.event_every_s)
    publishing = Publishing(views, publisher, loader.alarms, given.list_every_s)
    monitoring = Monitoring(views, follower, loader, hot_lists, given.stuck_after_s)
    health = Health({"kafka": monitoring.kafka, "redis": monitoring.redis, "partitions": monitoring.stuck})
    archive = Archive(hot_lists, rules.max_age_ms)
    previews = Previews(servers, redis, hot_lists, archive, rules)
    app = create_app(hot_lists, archive, previews, Tokens(given), health)
    return [counting, publishing, monitoring, worker.HttpService(app, given.host, given.port)]


@cli.callback(invoke_without_command=True)
def run(
    context: typer.Context,
    check: bool = typer.Option(False, help="Only read the settings, put everything together, and exit."),
) -> None:
    """Run the service."""
    if context.invoked_subcommand is not None:
        return
    configure_logging("rank")
    services = wire_up(settings.read(Settings))
    if not check:
        worker.run("rank", services)


@cli.command()
def hot(scope: str = "all", list_name: ListName = "now", limit: int = 10, as_json: AsJson = False) -> None:
    """Print a hot list."""
    show_hot(settings.read(Settings).base_url, scope, list_name, limit, as_json=as_json)


@cli.command()
def why(article: str, list_name: ListName = "now", as_json: AsJson = False) -> None:
    """Print why an article stands where it stands."""
    show_why(settings.read(Settings).base_url, article, list_name, as_json=as_json)
