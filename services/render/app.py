"""The render service, wired: what follows what, what is served from what, and in which order it stops."""

import asyncio
import secrets
import signal
import socket
import sys
from dataclasses import dataclass
from datetime import timedelta
from importlib.util import find_spec
from pathlib import Path

import jinja2
import uvloop
from prometheus_client import Gauge

from services.render.adapters import disk
from services.render.adapters.archive.archive import Archive, no_archive
from services.render.adapters.archive.archive_log import ArchiveLog
from services.render.adapters.archive.postgres import ArchiveAddress
from services.render.adapters.archive.window import Evictor, Window
from services.render.adapters.cancelling import cancel_all
from services.render.adapters.hot_list_reader import HotListReader
from services.render.adapters.http import page_lookups
from services.render.adapters.http.answer import PageAnswers
from services.render.adapters.http.feed_routes import FeedRoutes
from services.render.adapters.http.page_check import PageCheck
from services.render.adapters.http.server import make_plain_server, make_server
from services.render.adapters.http.sitemaps import Sitemaps
from services.render.adapters.http.static import Static
from services.render.adapters.http.views import Views
from services.render.adapters.http.web import Web
from services.render.adapters.left_out import left_out
from services.render.adapters.search.search import Search
from services.render.adapters.search.search_index import SearchIndex
from services.render.adapters.search.search_indexer import SearchIndexer
from services.render.adapters.store.article_log import ArticleLog
from services.render.adapters.store.front_log import FrontLog
from services.render.adapters.store.snapshot import SEARCH, STORE
from services.render.adapters.store.sqlite_file import UnusableError
from services.render.adapters.store.store import Store
from services.render.adapters.views.salts import Salts
from services.render.adapters.views.view_log import ViewLog
from services.render.core.articles.articles import Changes
from services.render.core.feeds.feeds import Feeds
from services.render.core.pages.article_cache import ArticleCache
from services.render.core.pages.editions import Editions
from services.render.core.pages.hot_section import HotLists
from services.render.core.pages.pages import Pages
from services.render.core.pages.shared_fragments import SharedFragments
from services.render.core.pages.site import Site
from services.render.core.pages.templates import Templates, jinja_environment
from services.render.core.search.search_pages import SearchPages
from services.render.core.text import glossary
from services.render.core.text.glossary import Glossary
from services.render.core.text.script_converter import ScriptConverter
from services.render.core.text.scripts import SCRIPTS, Script
from services.render.core.views.origins import host_of
from services.render.settings import INSTALL, Settings
from shared.events import at_ms, section_scope
from shared.health import Health
from shared.lag import Lag
from shared.limits import Limits
from shared.runtime import listen, log

_HERE = Path(__file__).parent

_cache = Gauge("remen_render_pages_bytes", "Bytes of finished pages kept in memory")
_lag = Lag("remen_render_lag_records", "Records of a topic's partition that this replica has not read yet")


@dataclass(frozen=True, slots=True)
class Render:
    """The wired parts; everything but `web`, `store`, `search` and `archive` is a task with `run`."""

    store: Store
    search: Search
    article_log: ArticleLog
    front_log: FrontLog
    search_indexer: SearchIndexer
    hot_list_reader: HotListReader
    salts: Salts
    view_log: ViewLog
    web: Web
    archive: Archive | None
    evictor: Evictor | None


@dataclass(frozen=True, slots=True)
class InScript:
    """What makes the pages of one script; an unread one does no work."""

    templates: Templates
    editions: Editions
    pages: Pages
    feeds: Feeds
    search_pages: SearchPages


def in_script(
    script: Script, store: Store, site: Site, terms: Glossary, settings: Settings, token_key: bytes
) -> InScript:
    """Wire what makes the pages of a script."""
    max_bytes = settings.cache_mib * 1024 * 1024 // len(SCRIPTS)
    environment = jinja_environment(jinja2.FileSystemLoader(_HERE / "templates"))
    templates = Templates(site, ScriptConverter(script, terms), environment)
    cache = ArticleCache(store, templates, max_bytes // 6, left_out)
    editions = Editions(
        store, cache, zone=settings.zone, section_order=settings.sections, token_key=token_key
    )
    shared = SharedFragments(cache, templates, max_bytes // 4)
    return InScript(
        templates=templates,
        editions=editions,
        pages=Pages(store, cache, templates, editions, shared, max_bytes // 2),
        feeds=Feeds(store, cache, templates, environment, editions, max_bytes // 6, left_out),
        search_pages=SearchPages(cache, templates, editions, shared),
    )


def build(settings: Settings) -> Render:
    """Wire all parts; opens the store and reads templates and static files, but asks nobody for anything."""
    token_key = settings.token_key.encode()
    if not token_key:
        token_key = secrets.token_bytes(32)
        log.warning("token_key_drawn", advice="set RENDER_TOKEN_KEY, or replicas refuse each other's views")
    static = Static(_HERE / "static")
    site = Site(
        settings.site_name,
        settings.site_url,
        settings.zone,
        static.addresses,
        settings.picture_referrer,
        settings.pictures,
    )
    files = [_HERE / "glossary.tsv", *filter(None, [settings.glossary])]
    terms = glossary.read("\n".join(file.read_text(encoding="utf-8") for file in files).splitlines())
    store = Store(settings.data, settings.snapshot)
    archive = window = evictor = None
    if settings.keep is not None:
        archive = Archive(ArchiveAddress(settings.archive_url, settings.archive_password))
        window = Window(archive, timedelta(days=settings.keep))
    elif store.has_evicted():
        store.start_over("RENDER_KEEP is set no more, and it has let texts go that lie in the archive")
    scripts = {script: in_script(script, store, site, terms, settings, token_key) for script in SCRIPTS}
    pages = {script: one.pages for script, one in scripts.items()}
    templates = {script: one.templates for script, one in scripts.items()}
    feeds = {script: one.feeds for script, one in scripts.items()}
    index = SearchIndex(settings.data)
    search_indexer = SearchIndexer(store, index)
    search = Search(index, {script: one.search_pages for script, one in scripts.items()})

    def articles_changed(changes: Changes | None) -> None:
        for one in scripts.values():
            one.editions.articles_changed(changes)
        search_indexer.changed()
        if archive is not None and changes is not None:
            archive.forget(changes.ids)

    def front_changed() -> None:
        for one in scripts.values():
            one.editions.front_changed()

    def hot_changed(scope: str, lists: HotLists) -> None:
        for one in scripts.values():
            if scope == "all":
                one.editions.hot_changed(lists)
            else:
                one.editions.hot_of_section_changed(scope.removeprefix(section_scope("")), lists)
        if scope == "all" and "now" in lists:
            now_s = asyncio.get_running_loop().time()
            view_log.latency.listed(at_ms(lists["now"].as_of), now_s)

    _cache.set_function(lambda: sum(one.finished.weight for one in pages.values()))
    page_lookups.measure(pages.values())
    disk.measure(settings.data, (STORE, SEARCH))
    article_log = ArticleLog(
        settings.kafka_bootstrap_servers, store, articles_changed, None if window is None else window.past
    )
    front_log = FrontLog(settings.kafka_bootstrap_servers, store, article_log.write, front_changed)
    if window is not None:
        evictor = Evictor(window, store, article_log.write, search_indexer.changed)
    salts = Salts(settings.kafka_bootstrap_servers, settings.instance, settings.zone)
    _lag.ask("articles", article_log.behind)
    _lag.ask("desk", front_log.behind)
    _lag.ask("salts", salts.behind)
    view_log = ViewLog(settings.kafka_bootstrap_servers, settings.instance)
    views = Views(
        pages["zh-Hans"].shows,
        salts,
        view_log,
        token_key,
        settings.trusted_proxies,
        seats=settings.seats,
        home=host_of(settings.site_url),
    )
    return Render(
        store=store,
        search=search,
        article_log=article_log,
        front_log=front_log,
        search_indexer=search_indexer,
        hot_list_reader=HotListReader(
            settings.redis_address, hot_changed, lambda: scripts["zh-Hans"].editions.one_names
        ),
        salts=salts,
        view_log=view_log,
        web=Web(
            pages,
            FeedRoutes(templates, feeds, Sitemaps(store, templates), static),
            search,
            views,
            static,
            Health(
                {
                    "articles": article_log.complaint,
                    "desk": front_log.complaint,
                    "store": article_log.unwritable,
                    "pages": PageCheck(store, pages, article_log.complaint).complaint,
                },
                # it is every replica's: pages go on, and another one has no better
                {} if archive is None else {"archive": archive.complaint},
            ),
            article_log.complaint,
            article_log.next_fold,
            PageAnswers(settings.picture_sources),
            no_archive if archive is None else archive.fetch,
        ),
        archive=archive,
        evictor=evictor,
    )


async def serve(settings: Settings, render: Render, sockets: list[socket.socket]) -> None:
    """Run until SIGTERM or SIGINT: then answer what was asked, write the views taken, and stop the rest."""
    limits = Limits(connections=settings.connections, idle_s=settings.idle_s)
    server = make_server(render.web, render.web.fast_path.answer, limits, settings.trusted_proxies)
    loop = asyncio.get_running_loop()
    for signal_number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(signal_number, server.handle_exit, signal_number, None)
    try:
        async with asyncio.TaskGroup() as group:
            following = [
                group.create_task(task.run())
                for task in (
                    render.article_log,
                    render.front_log,
                    render.search_indexer,
                    render.hot_list_reader,
                    render.salts,
                    render.view_log,
                )
            ]
            if render.evictor is not None:
                following.append(group.create_task(render.evictor.run()))
            await server.serve(sockets)
            await render.view_log.drain()
            await cancel_all(following)
    finally:
        if render.archive is not None:
            render.archive.close()
        render.search.close()
        render.store.close()


def run(settings: Settings, *, check: bool = False) -> None:
    """Wire the service and, unless this is only a check, run it until a signal."""
    try:
        render = build(settings)
    except UnusableError as error:
        sys.stderr.write(f"RENDER_DATA: {error}\n")
        raise SystemExit(2) from None
    if check:
        render.store.close()
        return
    sockets = listen("render", settings.host, settings.port)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(serve(settings, render, sockets))


async def serve_archive(archive_log: ArchiveLog, sockets: list[socket.socket]) -> None:
    """Fold into the archive and say how it is until SIGTERM or SIGINT."""
    server = make_plain_server(Health({"archive": archive_log.complaint}))
    loop = asyncio.get_running_loop()
    for signal_number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(signal_number, server.handle_exit, signal_number, None)
    async with asyncio.TaskGroup() as group:
        folding = group.create_task(archive_log.run())
        await server.serve(sockets)
        await cancel_all([folding])


def run_archive(settings: Settings, *, check: bool = False) -> None:
    """Wire what folds the log into the archive and, unless this is only a check, run it until a signal."""
    if not settings.archive_url:
        sys.stderr.write("RENDER_ARCHIVE_URL: must say where the archive is, a database of a PostgreSQL\n")
        raise SystemExit(2)
    if find_spec("asyncpg") is None:
        sys.stderr.write(f"RENDER_ARCHIVE_URL: needs the driver of PostgreSQL: {INSTALL}\n")
        raise SystemExit(2)
    address = ArchiveAddress(settings.archive_url, settings.archive_password)
    archive_log = ArchiveLog(settings.kafka_bootstrap_servers, address)
    if check:
        return
    sockets = listen("render", settings.host, settings.port)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(serve_archive(archive_log, sockets))
