"""What is under way between workers and the outside: every wait of a worker is a call that is answered here.

A call is carried out and answered when the simulation says so, perhaps at two different moments. In trouble
its request or its reply is lost, it arrives late, long after the caller has given up, or it arrives twice.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from typing import Any


@dataclass(eq=False)
class Owner:
    """A process that calls: dead it is never answered, paused not for a while."""

    name: str
    paused: bool = False
    dead: bool = False


@dataclass(eq=False, slots=True)
class Call:
    """One request; `away` makes the error of a lost connection (None: it cannot be lost)."""

    owner: Owner
    name: str
    effect: Callable[[], Any]
    away: Callable[[], Exception] | None
    changes: bool
    future: asyncio.Future[Any]
    carried_out: bool = False
    result: Any = None

    def carry_out(self) -> None:
        """Let the outside do what it is asked."""
        self.carried_out = True
        self.result = self.effect()

    def answer(self, error: Exception | None = None) -> None:
        """Let the caller go on."""
        if self.future.done():
            return
        if error is not None:
            self.future.set_exception(error)
        else:
            self.future.set_result(self.result)


@dataclass
class Network:
    """All calls under way; `trouble` is the share of those that do not go well."""

    chance: Random
    note: Callable[[str], None]
    trouble: float = 0.0
    calls: list[Call] = field(default_factory=list)
    strays: list[Call] = field(default_factory=list)
    """Requests whose callers no longer wait, still on their way."""

    async def call(
        self,
        owner: Owner,
        name: str,
        effect: Callable[[], Any],
        away: Callable[[], Exception] | None = None,
        *,
        changes: bool = False,
    ) -> Any:
        """Wait until `effect` has been carried out and its answer has come back."""
        future = asyncio.get_running_loop().create_future()
        call = Call(owner, name, effect, away, changes, future)
        if not owner.dead:
            self.calls.append(call)
        return await future

    def go_on(self, call: Call) -> None:
        """Take a call a step further."""
        if call.future.done():
            self._give_up(call)
        elif call.carried_out:
            self.note(f"{call.owner.name}: {call.name} is answered late")
            self._close(call)
        elif call.away is not None and self.chance.random() < self.trouble:
            self._go_wrong(call, call.away())
        else:
            self.note(f"{call.owner.name}: {call.name}")
            call.carry_out()
            if not self.trouble or self.chance.random() < 0.8:
                self._close(call)

    def stray(self, owner: Owner, name: str, effect: Callable[[], Any]) -> None:
        """Let a request perhaps be on its way although nobody waits for it."""
        if self.chance.random() < 0.5:
            future = asyncio.get_running_loop().create_future()
            self.strays.append(Call(owner, name, effect, None, True, future))

    def cut(self, owner: Owner) -> None:
        """Cut a dead process off; what it has sent may still arrive."""
        for call in [c for c in self.calls if c.owner is owner]:
            self._give_up(call)

    def arrive(self) -> None:
        """Let one of the strays arrive."""
        call = self.strays.pop(self.chance.randrange(len(self.strays)))
        self.note(f"{call.name} of {call.owner.name} arrives late")
        call.carry_out()

    def _go_wrong(self, call: Call, error: Exception) -> None:
        fate = self.chance.choice(("request lost", "reply lost", "late", "twice"))
        self.note(f"{call.owner.name}: {call.name}, {fate}")
        if fate in ("reply lost", "twice"):
            call.carry_out()
        if fate in ("late", "twice") and call.changes:
            self.strays.append(call)
        self._close(call, None if fate == "twice" else error)

    def _give_up(self, call: Call) -> None:
        self.calls.remove(call)
        if call.changes and not call.carried_out and self.chance.random() < 0.5:
            self.strays.append(call)

    def _close(self, call: Call, error: Exception | None = None) -> None:
        self.calls.remove(call)
        call.answer(error)
