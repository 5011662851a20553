"""A cable between the workers and a server, which can be cut, be mute, or hold everything back.

It is a TCP proxy of our own: no rights are needed, both ends see what a broken network shows them, and a
request that was held back still arrives after its sender has given up.
"""

import asyncio
from collections.abc import Callable
from threading import Event, Thread
from typing import Final

_CHUNK: Final = 1 << 18


class Link(Thread):
    """A proxy from `port` to `target`, both on this machine, running when it is made."""

    def __init__(self, port: int, target: int) -> None:
        super().__init__(daemon=True)
        self.port, self._target = port, target
        self._loop = asyncio.new_event_loop()
        self._ends: set[asyncio.StreamWriter] = set()
        self._refusing = self._mute = False
        self._listening = Event()
        self.start()
        if not self._listening.wait(5):
            raise RuntimeError(f"port {port} is taken")

    def run(self) -> None:
        """Carry bytes until `close`."""
        self._flowing = asyncio.Event()
        self._flowing.set()
        start = asyncio.start_server(self._carry, "127.0.0.1", self.port, limit=_CHUNK)
        server = self._loop.run_until_complete(start)
        self._listening.set()
        self._loop.run_forever()
        server.close()
        if open_ := asyncio.all_tasks(self._loop):
            self._loop.run_until_complete(asyncio.wait(open_, timeout=1))
        self._loop.close()

    def close(self) -> None:
        """Cut everything and end."""
        self.hold(False)
        self.refuse(True)
        self._soon(self._loop.stop)
        self.join(5)

    def cut(self) -> None:
        """Break every connection there is."""
        self._soon(self._cut)

    def refuse(self, refusing: bool) -> None:
        """Break every connection, and each new one while it is so."""
        self._refusing = refusing
        self.cut()

    def lose_replies(self) -> None:
        """Deliver what is asked and lose what is answered, until the link is cut."""
        self._mute = True

    def hold(self, holding: bool) -> None:
        """Keep back everything in both directions; what was kept back arrives when this ends."""
        self._soon(self._flowing.clear if holding else self._flowing.set)

    def _soon(self, change: Callable[[], None]) -> None:
        self._loop.call_soon_threadsafe(change)

    def _cut(self) -> None:
        self._mute = False
        for end in self._ends:
            end.transport.abort()

    async def _carry(self, from_worker: asyncio.StreamReader, to_worker: asyncio.StreamWriter) -> None:
        if self._refusing:
            to_worker.transport.abort()
            return
        try:
            from_server, to_server = await asyncio.open_connection("127.0.0.1", self._target, limit=_CHUNK)
        except OSError:
            to_worker.transport.abort()
            return
        ends = {to_worker, to_server}
        self._ends |= ends
        try:
            await asyncio.gather(
                self._pump(from_worker, to_server, replies=False),
                self._pump(from_server, to_worker, replies=True),
            )
        finally:
            self._ends -= ends

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, replies: bool) -> None:
        try:
            while chunk := await reader.read(_CHUNK):
                await self._flowing.wait()
                if not (replies and self._mute):
                    writer.write(chunk)
                    await writer.drain()
        except OSError:
            pass
        # closes after what was written has been delivered
        writer.close()
