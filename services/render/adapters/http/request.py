"""What a request says, read from its ASGI scope."""

from collections.abc import Iterator
from urllib.parse import parse_qsl

from services.render.adapters.http.views import Caller
from services.render.core.articles.aliases import keys_asked
from services.render.core.text.scripts import PREFIX, Script
from services.render.core.views.origins import Sender
from services.render.core.views.readers import forwarded
from shared.health import Scope


def former_keys(script: Script, scope: Scope) -> Iterator[bytes]:
    """Give the keys of an address: without the script's prefix, and with it."""
    path, query = scope["raw_path"], scope["query_string"]
    if PREFIX[script] and (behind := path.find(b"/", 1)) > 0:
        yield from keys_asked(path[behind:], query)
    yield from keys_asked(path, query)


def query_of(scope: Scope) -> dict[str, str]:
    """Read the query; of a repeated name the first counts."""
    text = scope["query_string"].decode("latin-1")
    if not text:
        return {}
    try:
        return dict(reversed(parse_qsl(text, keep_blank_values=True, max_num_fields=20)))
    except ValueError:  # more fields than any address of ours has
        return {}


def caller_of(scope: Scope) -> Caller:
    """Tell who asks."""

    def header(name: bytes) -> str:
        return b",".join(value for one, value in scope["headers"] if one == name).decode("latin-1")

    peer = scope["client"][0] if scope["client"] else ""
    sender = Sender(header(b"host"), header(b"sec-fetch-site"), header(b"origin"), header(b"referer"))
    chain = header(b"x-forwarded-for") or forwarded(header(b"forwarded"))
    return Caller(peer, chain, header(b"user-agent"), sender)
