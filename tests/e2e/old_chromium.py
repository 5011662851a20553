"""An old Chromium, asked by its debugging protocol: Playwright does not speak with the oldest."""

import asyncio
import os
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final

import aiohttp

from tests.conftest import READER

DEADLINE_S: Final = 30.0


class OldPage:
    """Its one page."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._socket = socket
        self._asked = 0

    async def deny_that_it_is_driven(self) -> None:
        """Let it say what a reader's says; the oldest know no switch for it."""
        await self._ask("Page.enable")
        source = "Object.defineProperty(navigator, 'webdriver', {get: () => false})"
        await self._ask("Page.addScriptToEvaluateOnNewDocument", source=source)

    async def open(self, address: str, width: int) -> None:
        """Open an address in a window of that width, and wait until all of it is there."""
        await self._ask(
            "Emulation.setDeviceMetricsOverride", width=width, height=900, deviceScaleFactor=1, mobile=False
        )
        await self._ask("Page.navigate", url=address)
        await self.until(f"location.href === '{address}' && document.readyState === 'complete'")

    async def evaluate(self, expression: str) -> Any:
        """Give what an expression is."""
        found = await self._ask("Runtime.evaluate", expression=expression, returnByValue=True)
        assert "exceptionDetails" not in found, found
        return found["result"].get("value")

    async def until(self, expression: str) -> None:
        """Wait until an expression is true."""
        async with asyncio.timeout(DEADLINE_S):
            while not await self.evaluate(expression):  # noqa: ASYNC110 - it is another program's
                await asyncio.sleep(0.05)

    async def box(self, selector: str) -> dict[str, float]:
        """Give where the first element of a selector stands."""
        box = f"document.querySelector('{selector}').getBoundingClientRect().toJSON()"
        return dict(await self.evaluate(box))

    async def _ask(self, method: str, **parameters: Any) -> dict[str, Any]:
        self._asked += 1
        await self._socket.send_json({"id": self._asked, "method": method, "params": parameters})
        async with asyncio.timeout(DEADLINE_S):
            while (answer := await self._socket.receive_json()).get("id") != self._asked:
                pass
        assert "error" not in answer, answer
        return dict(answer["result"])


@asynccontextmanager
async def old_page(chromium: Path, profile: Path) -> AsyncIterator[OldPage]:
    """Start a Chromium, whose libraries may lie in a folder `lib` beside it; give its page."""
    command = [
        str(chromium),
        *("--headless", "--no-sandbox", "--no-zygote", "--single-process", "--disable-gpu"),
        *("--remote-debugging-port=0", "--remote-allow-origins=*", f"--user-data-dir={profile}"),
        # one that says it is headless is no reader
        f"--user-agent={READER}",
        "about:blank",
    ]
    libraries = {"LD_LIBRARY_PATH": str(chromium.with_name("lib"))}
    started = subprocess.Popen(  # noqa: ASYNC220 - it does not block
        command, env=os.environ | libraries, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        port = await _port(profile / "DevToolsActivePort")
        async with (
            aiohttp.ClientSession() as session,
            session.ws_connect(await _page_of(session, port), max_msg_size=0) as socket,
        ):
            page = OldPage(socket)
            await page.deny_that_it_is_driven()
            yield page
    finally:
        started.kill()
        started.wait()


async def _page_of(session: aiohttp.ClientSession, port: int) -> str:
    async with asyncio.timeout(DEADLINE_S):
        while True:
            async with session.get(f"http://127.0.0.1:{port}/json") as answer:
                for one in await answer.json(content_type=None):
                    if one["type"] == "page":
                        return str(one["webSocketDebuggerUrl"])
            await asyncio.sleep(0.05)


async def _port(told: Path) -> int:
    async with asyncio.timeout(DEADLINE_S):
        while not (lines := _read(told)):  # noqa: ASYNC110 - it is another program's
            await asyncio.sleep(0.05)
        return int(lines[0])


def _read(told: Path) -> list[str]:
    return told.read_text().split() if told.exists() else []
