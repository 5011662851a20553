"""Runs at every start, before the services: draws the secrets that are missing, lets users into Kafka.

setup                       what compose runs
setup publisher NAME        let a publisher in who writes to ingest.v1.NAME; prints its password
setup shut-out NAME         and out again
setup show FILE             print a secret, such as operator/publish_token
setup put FILE              write one from standard input, such as ingest/tokens
"""

import re
import sys
from pathlib import Path
from typing import Final

from ops.setup import kafka, keys, rights

KEYS: Final = Path("/keys")
KAFKA: Final = "localhost:9095"
_NAME: Final = re.compile(r"[a-z0-9-]{1,40}")


def main(arguments: list[str]) -> None:
    """Do what was asked for; exit 1 with all that can be asked for."""
    match arguments:
        case []:
            keys.draw(KEYS)
            kafka.let_in(KAFKA, keys.kafka_passwords(KEYS))
        case ["publisher", name] if _is_publisher(name):
            password = keys.draw_publisher(KEYS, name)
            kafka.let_in(KAFKA, {name: password})
            sys.stdout.write(f"{password}\n")
        case ["shut-out", name] if _is_publisher(name):
            (KEYS / "operator" / "publishers" / name).unlink(missing_ok=True)
            kafka.shut_out(KAFKA, name)
        case ["show", file]:
            sys.stdout.write(_known(file).read_text())
        case ["put", file]:
            keys.put(_known(file), sys.stdin.read())
            keys.hand_on_tokens(KEYS)
        case _:
            sys.exit(__doc__)


def _known(file: str) -> Path:
    known = [str(path.relative_to(KEYS)) for path in keys.files(KEYS)]
    if file not in known:
        sys.exit("\n  ".join([f"there is no secret {file}, but", *known]))
    return KEYS / file


def _is_publisher(name: str) -> bool:
    return bool(_NAME.fullmatch(name)) and name not in {*rights.RIGHTS, "dead"}


if __name__ == "__main__":
    main(sys.argv[1:])
