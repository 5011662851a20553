"""Reading an input within bounds: of time, of memory, and of what the event loop waits for.

A body that is made to be slow would silence the loop, and a worker that is silent for longer than its session
loses its partitions to the next one, which meets the same body. A thread does not help, because a regular
expression or a native parser does not let go of the interpreter. So what may be slow is read in a process of
its own that can be killed; what surely is not, and that is nearly everything, is read at once.
"""

import asyncio
import signal
import subprocess
import sys
import threading
from concurrent.futures import CancelledError, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from multiprocessing import Pipe
from pathlib import Path
from typing import Final

from prometheus_client import Counter

from services.ingest.adapters import reading_process
from services.ingest.adapters.reading_process import BLOCKS, OUT_OF_MEMORY
from services.ingest.core.faults import Rejection
from services.ingest.core.reading import (
    Defaults,
    Headers,
    Outline,
    has_little_markup,
    has_markup,
    parse,
    understand,
)
from services.ingest.core.submissions import Publish, Submission
from services.ingest.core.xml_items import is_xml
from shared.runtime import log

SMALL_BYTES: Final = 4_000
"""What is so small and has little markup is read in some hundredths of a second, whatever it is."""
SMALL_PLAIN_BYTES: Final = 64_000
"""The same where there is no markup."""
LONGEST_ANSWER_S: Final = 60.0
"""On the clock: only a process that gets no processor takes so long."""

PAUSE_S: Final = 0.5
"""Before a process is started again that could not be started."""

ABANDONED: Final = Counter(
    "remen_ingest_readings_abandoned_total", "Inputs whose reading was given up, by reason", ["reason"]
)
_TIME: Final = ("time", "takes too long to read (over {limits.time_s:g} s of computing)")
_MEMORY: Final = ("memory", "takes too much memory to read (over {limits.mebibytes} MiB)")
_BREACHES: Final = {
    -signal.SIGPROF: _TIME,
    OUT_OF_MEMORY: _MEMORY,
    # how native code ends that is refused memory
    -signal.SIGABRT: _MEMORY,
}
_CRASH: Final = ("crash", "cannot be read: whatever reads it ends")
_ROOT: Final = Path(reading_process.__file__).parents[3]


@dataclass(frozen=True, slots=True)
class Limits:
    """What one input may take of a reading process."""

    time_s: float = 2.0
    """Of processor time."""
    mebibytes: int = 160
    """Of data; the process itself has 25."""


Request = tuple[bytes | None, Defaults, Headers]


class _Process:
    ready = False

    def __init__(self, limits: Limits) -> None:
        self.pipe, theirs = Pipe()
        with theirs:
            told = theirs.fileno(), limits.time_s, limits.mebibytes * 1024**2
            command = [sys.executable, "-m", reading_process.__name__, *map(str, told)]
            self.child = subprocess.Popen(command, pass_fds=[theirs.fileno()], cwd=_ROOT)  # noqa: S603 - ours

    def starts(self) -> bool:
        """Wait until it can be asked; False if it ends before."""
        with suppress(EOFError, OSError):
            self.ready = self.ready or (self.pipe.poll(LONGEST_ANSWER_S) and self.pipe.recv())
        return self.ready

    def ask(self, request: Request) -> Submission | Rejection | Outline:
        """Give the answer; if there is none, the outline of the input as far as it is known."""
        known = Outline()
        try:
            self.pipe.send(request)
            while self.pipe.poll(LONGEST_ANSWER_S):
                answer = self.pipe.recv()
                if isinstance(answer, Outline):
                    known = answer
                    continue
                read: Submission | Rejection
                read, pieces = answer
                if not isinstance(read, Publish):
                    return read
                # between two pieces the loop has its turn
                body = tuple(block for piece in pieces for block in BLOCKS.validate_json(piece))
                return read.model_copy(update={"body": body})
        except (EOFError, OSError):
            pass
        return known

    def end(self) -> int:
        self.pipe.close()
        try:
            return self.child.wait(0.2)
        except subprocess.TimeoutExpired:
            self.child.kill()
            return self.child.wait()


class BoundedReader:
    """A reading process and the line of inputs that wait for it."""

    def __init__(self, limits: Limits = Limits()) -> None:
        self._limits = limits
        self._thread = ThreadPoolExecutor(1, "reading")
        self._closing = threading.Event()
        self.process: _Process | None = None

    @property
    def pid(self) -> int:
        """The process's id; 0 if there is none."""
        return self.process.child.pid if self.process else 0

    async def start(self) -> None:
        """Start the process now and not with the first input that needs it."""
        await asyncio.get_running_loop().run_in_executor(self._thread, self._started)

    async def read(
        self, value: bytes | None, defaults: Defaults, headers: Headers = ()
    ) -> Submission | Rejection:
        """Read an input's bytes as what was meant; never raises."""
        if value is None or len(value) <= (SMALL_BYTES if is_xml(value) else SMALL_PLAIN_BYTES):
            sent = parse(value, headers)
            if isinstance(sent, Rejection):
                return sent
            if not has_markup(sent) or (value and len(value) <= SMALL_BYTES and has_little_markup(sent)):
                return understand(sent, defaults)
        return await asyncio.get_running_loop().run_in_executor(
            self._thread, self._ask, (value, defaults, tuple(headers))
        )

    def _ask(self, request: Request, again: bool = True) -> Submission | Rejection:
        process = self._started()
        answer = process.ask(request)
        if not isinstance(answer, Outline):
            return answer
        status = process.end()
        self.process = None
        if again and status not in _BREACHES:
            # somebody may have ended the process from outside, and then the input is not to blame
            return self._ask(request, again=False)
        reason, why = _BREACHES.get(status, _CRASH)
        log.warning("reading_abandoned", reason=reason, status=status, id=answer.id)
        ABANDONED.labels(reason).inc()
        with suppress(RuntimeError):  # closed meanwhile
            self._thread.submit(self._started)
        return answer.refused(f"{why.format(limits=self._limits)}; send a simpler text")

    def _started(self) -> _Process:
        while True:
            try:
                process = self.process = self.process or _Process(self._limits)
                if process.starts():
                    return process
                why: OSError | int = process.end()
            except OSError as error:
                why = error
            self.process = None
            log.warning("reading_process_waited_for", reason=str(why))
            if self._closing.wait(PAUSE_S):
                raise CancelledError

    async def close(self) -> None:
        """End the process, after the input that it is reading; those that wait are dropped."""
        self._closing.set()
        await asyncio.to_thread(self._thread.shutdown, cancel_futures=True)
        if self.process:
            await asyncio.to_thread(self.process.end)


@cache
def _reader(line: str) -> BoundedReader:
    return BoundedReader()


async def read_bounded(
    value: bytes | None, defaults: Defaults, headers: Headers = (), *, line: str = "stream"
) -> Submission | Rejection:
    """Read an input's bytes as what was meant; never raises. Who waits in another line is not waited for."""
    return await _reader(line).read(value, defaults, headers)
