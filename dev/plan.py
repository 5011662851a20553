"""Who runs where: the ports, the tokens and the programs of one site, all decided by four choices."""

import contextlib
import hashlib
import json
import os
import secrets
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from dev import ask, kafka, redis
from dev.child import Program
from dev.environment import PYTHON

SERVICES: Final = ("ingest", "rank", "render")

_FIRST: Final = {"render": 0, "ingest": 1, "rank": 2, "kafka": 3, "redis": 4, "controller": 5, "pictures": 6}
_NEXT_REPLICA: Final = 10
_HOST: Final = "127.0.0.1"
_DEMO_SECTIONS: Final = "国际,国内,地方,财经,体育,副刊"


@dataclass(frozen=True)
class Plan:
    """The choices of `dev up`."""

    folder: Path
    base: int = 8080
    demo: bool = True
    scale: Mapping[str, int] = field(default_factory=dict)

    def port(self, name: str, replica: int = 1) -> int:
        """Return where one of them listens."""
        return self.base + _FIRST[name] + _NEXT_REPLICA * (replica - 1)

    def url(self, name: str, replica: int = 1) -> str:
        """Return its address."""
        return f"http://{_HOST}:{self.port(name, replica)}"

    def ports(self) -> dict[str, int]:
        """Return every port that must be free, by who will listen there."""
        single = {name: self.port(name) for name in ("kafka", "redis", "controller")}
        if self.demo:
            single["pictures"] = self.port("pictures")
        return single | {name: self.port(service, n) for name, service, n in self.replicas()}

    def replicas(self) -> list[tuple[str, str, int]]:
        """Return (`rank-2`, `rank`, 2) and the like for every service to run."""
        return [(f"{name}-{n}", name, n) for name in SERVICES for n in range(1, self.scale.get(name, 1) + 1)]

    def log(self, name: str) -> Path:
        """Return where a program's log is."""
        return self.folder / "logs" / f"{name}.log"

    def done(self, name: str) -> Path:
        """Return the mark that a program which runs once has done so."""
        return self.folder / f"{name}.done"

    def stopped(self, name: str) -> Path:
        """Return the mark that a program was stopped on purpose and is not to be started again."""
        return self.folder / "stopped" / name

    def as_json(self) -> dict[str, Any]:
        """Return the choices, without the folder they are kept in."""
        return {"base": self.base, "demo": self.demo, "scale": dict(self.scale)}


_PICTURE_HOSTS: Final = f"https:,http://{_HOST}:*,http://localhost:*"
"""The demo's gallery, and what somebody serves here to try it."""


def tokens(folder: Path) -> dict[str, str]:
    """Return the secrets of a data folder, drawn when first asked for."""
    kept = folder / "secrets.json"
    if not kept.exists():
        folder.mkdir(parents=True, exist_ok=True)
        drawn = {
            name: secrets.token_urlsafe(24) for name in ("publish_token", "desk_token", "render_token_key")
        }
        # several processes may ask first at once: one gives the file its name, whole, the others find it
        descriptor, unfinished = tempfile.mkstemp(dir=folder)
        with open(descriptor, "w") as file:
            file.write(json.dumps(drawn))
        with contextlib.suppress(FileExistsError):
            os.link(unfinished, kept)
        os.unlink(unfinished)
    found: dict[str, str] = json.loads(kept.read_text())
    return found


def addresses(plan: Plan) -> dict[str, str]:
    """Return what a user needs to know of a site, under the names of `dev status --json`."""
    drawn = tokens(plan.folder)
    return {
        "page": plan.url("render"),
        "ingest": plan.url("ingest"),
        "rank": plan.url("rank"),
        "kafka": f"{_HOST}:{plan.port('kafka')}",
        "redis": f"redis://{_HOST}:{plan.port('redis')}/0",
        "publish_token": drawn["publish_token"],
        "desk_token": drawn["desk_token"],
    }


def programs(plan: Plan) -> list[list[Program]]:
    """Return what to run, in tiers: all start at once; one is stopped when those after it have ended."""
    brokers = [
        kafka.program(plan.folder / "kafka", plan.port("kafka"), plan.port("controller")),
        redis.program(plan.folder / "redis", plan.port("redis")),
    ]
    services = [_service(plan, *replica) for replica in plan.replicas()]
    return [brokers, services, _demo(plan) if plan.demo else []]


def _service(plan: Plan, name: str, service: str, replica: int) -> Program:
    port = plan.port(service, replica)
    drawn = tokens(plan.folder)
    own = {"HOST": _HOST, "PORT": str(port), "INSTANCE": name}
    if service in ("ingest", "rank"):
        grants = [
            _grant("dev", drawn["publish_token"], desk=False),
            _grant("desk", drawn["desk_token"], desk=True),
        ]
        own |= {"TOKENS": json.dumps(grants)}
    if service == "render":
        own |= {"TOKEN_KEY": drawn["render_token_key"], "DATA": str(plan.folder / name)}
        own |= {"PICTURE_HOSTS": os.environ.get("RENDER_PICTURE_HOSTS", _PICTURE_HOSTS)}
        if plan.demo:
            own |= {"SECTIONS": _DEMO_SECTIONS}
    environment = _shared(plan) | {f"{service.upper()}_{field}": value for field, value in own.items()}

    def launch() -> list[str]:
        (plan.folder / name).mkdir(parents=True, exist_ok=True)
        return [str(PYTHON), "-m", f"services.{service}"]

    return Program(name, launch, lambda: ask.ready(port), plan.url(service, replica), environment)


def _grant(name: str, token: str, desk: bool) -> dict[str, object]:
    """Let whoever has the token write into every section; only its hash is handed on."""
    sha256 = hashlib.sha256(token.encode()).hexdigest()
    return {"name": name, "sha256": sha256, "sections": ["*"], "desk": desk}


def _demo(plan: Plan) -> list[Program]:
    environment = _shared(plan) | {
        "REMEN_PAGE": plan.url("render"),
        "REMEN_PICTURES": plan.url("pictures"),
        "REMEN_PICTURES_PORT": str(plan.port("pictures")),
    }

    def part(name: str, answers: Callable[[], bool], once: bool = False) -> Program:
        command = [str(PYTHON), "-m", "dev.demo", name]
        return Program(name, lambda: command, answers, environment=environment, once=once)

    def articles_are_read() -> bool:
        return "/article/" in (ask.page(plan.port("render"), "/") or "")

    def pictures_are_served() -> bool:
        return ask.page(plan.port("pictures"), "/healthz") is not None

    return [
        part("pictures", pictures_are_served),
        part("newsroom", articles_are_read, once=True),
        part("readers", articles_are_read),
    ]


def _shared(plan: Plan) -> dict[str, str]:
    known = addresses(plan)
    return {
        "KAFKA_BOOTSTRAP_SERVERS": known["kafka"],
        "REDIS_URL": known["redis"],
        "SITE_URL": os.environ.get("SITE_URL", known["page"]),
        "PYTHONUNBUFFERED": "1",
    }
