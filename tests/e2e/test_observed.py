"""A Prometheus beside a whole site: its rules hold, dashboards have data, an alert fires and clears."""

import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml
from redis import Redis

from tests.builders import sent_article
from tests.contract.test_observe import PROMETHEUS, panels
from tests.foreign import until
from tests.real import Site, free_base

BROWSER = {"user-agent": "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/141.0.0.0 Safari/537.36"}
NOT_ALWAYS = {"remen:redis_memory:seconds_to_full"}
"""What has no value in a site that is young and at peace."""


class Watch:
    """Prometheus, with the project's rules, asking this site; every second instead of every ten."""

    def __init__(self, site: Site, folder: Path) -> None:
        self._url = f"http://127.0.0.1:{free_base(1)}"
        config: dict[str, Any] = yaml.safe_load((PROMETHEUS / "prometheus.yml").read_text())
        config["global"] = dict.fromkeys(("scrape_interval", "scrape_timeout", "evaluation_interval"), "1s")
        config["rule_files"] = [str(PROMETHEUS / file) for file in config["rule_files"]]
        config["scrape_configs"] = [
            {"job_name": job, "static_configs": [{"targets": [site.addresses[key].removeprefix("http://")]}]}
            for job, key in (("ingest", "ingest"), ("rank", "rank"), ("render", "page"))
        ]
        file = folder / "prometheus.yml"
        file.write_text(yaml.safe_dump(config))
        self._log = (folder / "prometheus.log").open("w")
        command = ["prometheus", f"--config.file={file}", f"--storage.tsdb.path={folder / 'data'}"]
        listen = f"--web.listen-address={self._url.removeprefix('http://')}"
        self._running = subprocess.Popen([*command, listen], stdout=self._log, stderr=self._log)
        until(self._answers, "Prometheus is ready")

    def ask(self, expr: str) -> list[dict[str, Any]]:
        """Ask for what an expression has now."""
        answer = httpx.get(f"{self._url}/api/v1/query", params={"query": expr}, timeout=10).raise_for_status()
        found: list[dict[str, Any]] = answer.json()["data"]["result"]
        return found

    def fires(self, alert: str) -> bool:
        """Tell whether an alert fires."""
        return bool(self.ask(f'ALERTS{{alertname="{alert}", alertstate="firing"}}'))

    def stop(self) -> None:
        """End it."""
        self._running.terminate()
        self._running.wait(30)
        self._log.close()

    def _answers(self) -> bool:
        with suppress(httpx.TransportError):
            return httpx.get(f"{self._url}/-/ready").status_code == 200
        return False


@pytest.fixture(scope="module")
def watch(whole_site: Site, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Watch]:
    if shutil.which("prometheus") is None:
        pytest.skip("there is no prometheus")
    watching = Watch(whole_site, tmp_path_factory.mktemp("prometheus"))
    try:
        yield watching
    finally:
        watching.stop()


def read(page: str, article: str) -> None:
    text = httpx.get(f"{page}/article/{article}", headers=BROWSER).text
    token = re.search('data-token="([^"]+)"', text)
    assert token
    said = {"article": article, "token": token[1]}
    answer = httpx.post(f"{page}/views", json=said, headers=BROWSER, timeout=10)
    # on a busy machine Kafka may be too late for a view; there are more
    assert answer.status_code in (204, 503)


def test_every_panel_of_every_dashboard_has_data(whole_site: Site, watch: Watch) -> None:
    with Redis.from_url(whole_site.addresses["redis"]) as redis:
        redis.config_set("maxmemory", "256mb")

    def is_empty(expr: str) -> bool:
        values = [one["value"][1] for one in watch.ask(expr)]
        return all(value == "NaN" for value in values)

    number = 0

    def all_have_some() -> bool:
        nonlocal number
        number += 1
        page = whole_site.publish(sent_article(f"watched-{number}"))
        read(page, f"watched-{number}")
        return not [where for where, expr in panels() if expr not in NOT_ALWAYS and is_empty(expr)]

    until(all_have_some, "every panel has data", deadline_s=60)
    (late,) = watch.ask("remen:readable_seconds:p99")
    assert 0 < float(late["value"][1]) < 60
    assert {one["metric"]["topic"] for one in watch.ask("remen:lag_records:sum")} == {
        "ingest.v1", "ingest.v1.dead", "articles.v1", "desk.v1", "salts.v1", "views.v1"
    }  # fmt: skip


def test_a_service_that_is_gone_is_an_alert_until_it_is_back(whole_site: Site, watch: Watch) -> None:
    assert not watch.fires("RemenServiceGone")
    whole_site.stop("rank-1")
    try:
        until(partial(watch.fires, "RemenServiceGone"), "it is noticed that rank is gone", deadline_s=60)
        (gone,) = watch.ask('ALERTS{alertname="RemenServiceGone", alertstate="firing"}')
        assert (gone["metric"]["job"], gone["metric"]["severity"]) == ("rank", "page")
    finally:
        whole_site.start("rank-1")
    until(lambda: not watch.fires("RemenServiceGone"), "it clears", deadline_s=60)
