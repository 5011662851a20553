"""The picture server of the demonstration: asked for `/lighthouse-dusk-3.svg`, it draws it.

It answers for the drawings that exist and for nothing else, and remembers a few hundred of them.
"""

from typing import Final

from aiohttp import web

from dev.demo.pictures import draw

_HEADERS: Final = {
    # a name always means the same picture
    "Cache-Control": "public, max-age=31536000, immutable",
    "Content-Security-Policy": "default-src 'none'",
    "X-Content-Type-Options": "nosniff",
}


def serve(port: int) -> None:
    """Serve the pictures at 127.0.0.1 until the process is told to stop."""
    application = web.Application(client_max_size=1024)
    application.add_routes([web.get("/healthz", _healthz), web.get("/{name}.svg", _picture)])
    web.run_app(application, host="127.0.0.1", port=port, access_log=None, print=None)


async def _healthz(_request: web.Request) -> web.Response:
    return web.Response(text="ok")


async def _picture(request: web.Request) -> web.Response:
    try:
        svg = draw(request.match_info["name"])
    except KeyError:
        raise web.HTTPNotFound(text="there is no such picture") from None
    return web.Response(text=svg, content_type="image/svg+xml", headers=_HEADERS)
