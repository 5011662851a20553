"""The secrets of an installation: drawn where missing, a folder (a volume) for each who may know them."""

import hashlib
import json
import os
import secrets
import tempfile
from pathlib import Path

from ops.setup import rights


def draw(keys: Path) -> None:
    """Draw what is missing; what is there stays as it is."""
    for user in rights.RIGHTS:
        _drawn(keys / ("operator" if user == "newsroom" else user) / _kafka(user))
    known = {user: _hash(_drawn(keys / user / "redis_password")) for user in rights.REDIS_USERS}
    put(keys / "redis" / "users.acl", rights.redis_users(known))
    _drawn(keys / "render" / "token_key")
    for name in ("picture_key", "picture_salt"):
        put(keys / "pictures" / name, _drawn(keys / "render" / name) + "\n")
    _drawn(keys / "grafana" / "admin_password")
    word = _drawn(keys / "postgres" / "archive_password")
    for user in ("archive", "render"):
        put(keys / user / "archive_password", word + "\n")
    tokens = keys / "ingest" / "tokens"
    if not tokens.exists():
        token = _drawn(keys / "operator" / "publish_token")
        put(tokens, json.dumps([{"name": "newsroom", "desk": True, "sha256": _hash(token)}]) + "\n")
    hand_on_tokens(keys)


def hand_on_tokens(keys: Path) -> None:
    """Give rank the tokens that ingest has: it answers those of a desk."""
    put(keys / "rank" / "tokens", (keys / "ingest" / "tokens").read_text())


def kafka_passwords(keys: Path) -> dict[str, str]:
    """Read the password of each user of Kafka, publishers included."""
    files = {
        user: keys / ("operator" if user == "newsroom" else user) / _kafka(user) for user in rights.RIGHTS
    }
    files |= {file.name: file for file in (keys / "operator" / "publishers").glob("*")}
    return {user: file.read_text().strip() for user, file in files.items()}


def draw_publisher(keys: Path, name: str) -> str:
    """Give a publisher's password, drawn if it is new."""
    return _drawn(keys / "operator" / "publishers" / name)


def files(keys: Path) -> list[Path]:
    """Give the file of each secret there is."""
    return sorted(path for path in keys.rglob("[!.]*") if path.is_file())


def put(file: Path, text: str) -> None:
    """Write a file at once, so that nobody reads half of it."""
    file.parent.mkdir(exist_ok=True)
    descriptor, unfinished = tempfile.mkstemp(dir=file.parent, prefix=".")
    with open(descriptor, "w", encoding="utf-8") as out:
        out.write(text)
    # who may read it is said by where the volume is mounted; its readers are other users than its writer
    os.chmod(unfinished, 0o444)
    os.replace(unfinished, file)


def _drawn(file: Path) -> str:
    if not file.exists() or not file.read_text().strip():
        # in hexadecimal, as imgproxy wants its own
        put(file, secrets.token_hex(32) + "\n")
    return file.read_text().strip()


def _kafka(user: str) -> str:
    return "newsroom_password" if user == "newsroom" else "kafka_password"


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
