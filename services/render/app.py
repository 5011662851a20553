"""The render service, wired: what follows what, what is served from what, and in which order it stops."""

import asyncio
import secrets
import signal
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import jinja2
import uvicorn
import uvloop
from prometheus_client import Gauge

from services.render.adapters.article_log import ArticleLog
from services.render.adapters.closing import end
from services.render.adapters.hot_list import HotList
from services.render.adapters.salts import Salts
from services.render.adapters.static import Static
from services.render.adapters.store import Store
from services.render.adapters.view_log import ViewLog
from services.render.adapters.views import Views
from services.render.adapters.web import Web
from services.render.core.edition import Edition
from services.render.core.fragments import Fragments, Site, environment
from services.render.core.pages import Pages
from services.render.settings import Settings
from shared.health import Health
from shared.runtime import log

_HERE = Path(__file__).parent

_cache = Gauge("remen_render_pages_bytes", "Bytes of finished pages kept in memory")


@dataclass(frozen=True, slots=True)
class Render:
    """The wired parts; everything but `web` and `store` is a task with `run`."""

    store: Store
    article_log: ArticleLog
    hot_list: HotList
    salts: Salts
    view_log: ViewLog
    web: Web


def build(settings: Settings) -> Render:
    """Wire all parts; opens the store and reads templates and static files, but asks nobody for anything."""
    token_key = settings.token_key.encode()
    if not token_key:
        token_key = secrets.token_bytes(32)
        log.warning("token_key_drawn", advice="set RENDER_TOKEN_KEY, or replicas refuse each other's views")
    limit_bytes = settings.cache_mib * 1024 * 1024
    static = Static(_HERE / "static")
    site = Site(settings.site_name, settings.site_url, settings.zone, static.addresses)
    fragments = Fragments(site, environment(jinja2.FileSystemLoader(_HERE / "templates")))
    store = Store(settings.data)
    edition = Edition(
        store,
        fragments,
        zone=settings.zone,
        section_order=settings.sections,
        token_key=token_key,
        limit_bytes=limit_bytes // 3,
    )
    pages = Pages(store, fragments, edition, settings.site_name, limit_bytes - limit_bytes // 3)
    _cache.set_function(lambda: pages.weight)
    article_log = ArticleLog(settings.kafka_bootstrap_servers, store, edition.articles_changed)
    salts = Salts(settings.kafka_bootstrap_servers, settings.instance, settings.zone)
    view_log = ViewLog(settings.kafka_bootstrap_servers, settings.instance)
    views = Views(pages.shows, salts, view_log, token_key, settings.trusted_proxies)
    return Render(
        store=store,
        article_log=article_log,
        hot_list=HotList(settings.redis_url, edition.hot_changed),
        salts=salts,
        view_log=view_log,
        web=Web(
            pages,
            views,
            static,
            Health({"articles": article_log.complaint}),
            article_log.complaint,
            article_log.moved,
        ),
    )


class _Server(uvicorn.Server):
    """uvicorn, which would raise the signal again after serving and so cut off what follows."""

    @contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        """Leave the signals to `serve`."""
        yield


async def serve(settings: Settings, render: Render) -> None:
    """Run until SIGTERM or SIGINT: then answer what was asked, write the views taken, and stop the rest."""
    server = _Server(
        uvicorn.Config(
            render.web,
            host=settings.host,
            port=settings.port,
            loop="uvloop",
            http="httptools",
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,
            timeout_graceful_shutdown=5,
            backlog=4096,
        )
    )
    loop = asyncio.get_running_loop()
    for signal_number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(signal_number, server.handle_exit, signal_number, None)
    try:
        async with asyncio.TaskGroup() as group:
            following = [
                group.create_task(task.run())
                for task in (render.article_log, render.hot_list, render.salts, render.view_log)
            ]
            await server.serve()
            await render.view_log.drain()
            await end(following)
    finally:
        render.store.close()


def run(settings: Settings, *, check: bool = False) -> None:
    """Wire the service and, unless this is only a check, run it until a signal."""
    render = build(settings)
    if check:
        render.store.close()
        return
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(serve(settings, render))
