"""uvicorn as render uses it: its protocol and its limits."""

import functools
from dataclasses import replace
from typing import Any

import uvicorn

from services.render.adapters.http.address_limits import AddressLimits
from services.render.adapters.http.protocol import FastAnswer, PageProtocol
from services.render.core.views.readers import Proxies
from shared.answers import ALWAYS, NO_PAGE, NO_STORE, as_text
from shared.limits import LimitedProtocol, Limits
from shared.serving import Server, connections_allowed


def make_server(app: Any, fast_path: FastAnswer, limits: Limits, trusted: Proxies) -> Server:
    """Make the server of an ASGI application, with a short way for what `at_once` gives.

    `trusted` are the proxies whose own readers are limited by them.
    """
    limits = replace(limits, connections=connections_allowed(limits.connections))
    protocol: Any = functools.partial(
        PageProtocol, fast_path=fast_path, limits=limits, address_limits=AddressLimits(trusted)
    )
    return Server(
        uvicorn.Config(
            app,
            loop="uvloop",
            http=protocol,
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            headers=as_text(*ALWAYS),
            proxy_headers=False,
            timeout_keep_alive=int(limits.idle_s) + 1,
            timeout_graceful_shutdown=5,
            backlog=4096,
        )
    )


def make_plain_server(app: Any) -> Server:
    """Make the server of an ASGI application that only says how a process is."""
    return Server(
        uvicorn.Config(
            app,
            loop="uvloop",
            http=functools.partial(LimitedProtocol, limits=Limits(connections=100)),  # type: ignore[arg-type]
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            headers=as_text(*ALWAYS, NO_PAGE, NO_STORE),
            timeout_graceful_shutdown=2,
        )
    )
