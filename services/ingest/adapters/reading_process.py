"""The process that reads what may be slow to read: started, spoken to and replaced by `bounded_reading`.

It knows only the rule book. The kernel ends it when an input takes more processor time than is allowed, also
inside a regular expression or a parser that holds the interpreter, and also when nobody is there any more to
do so; time that other processes took does not count, so a busy machine refuses nothing. It ends itself when
memory is refused. When its parent is gone, so is it: the pipe is closed.
"""

import os
import resource
import signal
import sys
from contextlib import suppress
from multiprocessing.connection import Connection
from typing import Final

from pydantic import TypeAdapter

from services.ingest.core.faults import Rejection
from services.ingest.core.reading import outline, parse, understand
from services.ingest.core.submissions import Publish, Submission
from shared.blocks import Block

BLOCKS: Final = TypeAdapter(tuple[Block, ...])
PIECE: Final = 250
"""Blocks travel as JSON in pieces of so many: a pickle takes longer to be read, and the loop would wait."""
OUT_OF_MEMORY: Final = 70
"""Exit status."""


def main() -> None:
    """Answer one request after another until the other end of the pipe is closed."""
    for order in (signal.SIGINT, signal.SIGTERM):
        # meant for the parent, which may still want answers
        signal.signal(order, signal.SIG_IGN)
    with suppress(OSError), open("/proc/self/oom_score_adj", "w") as file:
        # where memory is short after all, this process goes and not the one that it works for
        file.write("1000")
    pipe, limit_s, limit_bytes = Connection(int(sys.argv[1])), float(sys.argv[2]), int(sys.argv[3])
    resource.setrlimit(resource.RLIMIT_DATA, (limit_bytes, limit_bytes))
    try:
        pipe.send(True)
        while True:
            _answer(pipe, limit_s)
    except (EOFError, ConnectionError):
        return
    except MemoryError:
        os._exit(OUT_OF_MEMORY)


def _answer(pipe: Connection, limit_s: float) -> None:
    value, defaults, headers = pipe.recv()
    signal.setitimer(signal.ITIMER_PROF, limit_s)
    answer: Submission | Rejection
    if isinstance(sent := parse(value, headers), Rejection):
        answer = sent
    else:
        pipe.send(outline(sent, defaults))
        answer = understand(sent, defaults)
    pieces = []
    if isinstance(answer, Publish):
        body, answer = answer.body, answer.model_copy(update={"body": ()})
        pieces = [
            BLOCKS.dump_json(body[i : i + PIECE], exclude_none=True) for i in range(0, len(body), PIECE)
        ]
    signal.setitimer(signal.ITIMER_PROF, 0)
    pipe.send((answer, pieces))


if __name__ == "__main__":
    main()
