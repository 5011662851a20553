"""Peer of serving: a page as a constant, answered by an ASGI application of one function on uvicorn."""

import asyncio
import json
import sys
from pathlib import Path
from typing import Any

import uvicorn


def main(port: int, page: Path, headers: dict[str, str]) -> None:
    """Serve the bytes of a file with these headers."""
    body = page.read_bytes()
    pairs = [(name.encode(), value.encode()) for name, value in headers.items()]
    pairs.append((b"content-length", str(len(body)).encode()))

    async def app(_scope: Any, _receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": pairs})
        await send({"type": "http.response.body", "body": body})

    config = uvicorn.Config(
        app, port=port, loop="uvloop", http="httptools", lifespan="off", log_level="error", access_log=False
    )
    asyncio.run(uvicorn.Server(config).serve())


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]), json.loads(sys.argv[3]))
