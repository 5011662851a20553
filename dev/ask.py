"""Does it answer? The three questions by which a Kafka, a Redis and a service are known to be up."""

import http.client
import socket
import struct
from typing import Final

_PATIENCE_S: Final = 1.0


def kafka(port: int) -> bool:
    """Tell whether a broker answers ApiVersions; its port is open long before it does."""
    # size, api key 18, version 0, correlation id, client id absent
    return _exchange(port, struct.pack(">ihhih", 10, 18, 0, 1, -1))[4:8] == struct.pack(">i", 1)


def redis(port: int) -> bool:
    """Tell whether Redis has loaded its data and answers."""
    return _exchange(port, b"PING\r\n").startswith(b"+PONG")


def page(port: int, path: str) -> str | None:
    """Return what is read at a path when it is answered with 200."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=_PATIENCE_S)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        text = answer.read().decode(errors="replace")
        return text if answer.status == 200 else None
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()


def ready(port: int) -> bool:
    """Tell whether a service calls itself ready."""
    return page(port, "/readyz") is not None


def _exchange(port: int, question: bytes) -> bytes:
    try:
        with socket.create_connection(("127.0.0.1", port), _PATIENCE_S) as connection:
            connection.settimeout(_PATIENCE_S)
            connection.sendall(question)
            return connection.recv(64)
    except OSError:
        return b""
