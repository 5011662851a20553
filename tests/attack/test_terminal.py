"""No name, id, title or answer of somebody else is obeyed by the terminal that shows it."""

import json
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from dev import site
from publisher.adapters.failures import CommandError
from publisher.adapters.reporting import Report, complain
from publisher.adapters.sending import Outcome
from services.ingest.adapters import quarantine_command
from services.ingest.adapters.quarantine_command import quarantine
from services.ingest.core.dead_letter import Age, Place, of, read_letter
from services.ingest.core.quarantine import failed
from services.rank.adapters import commands
from shared.terminal import harmless, harmless_line
from tests.builders import arrival

HOSTILE = "\x1b]0;x\x07\x9b2J\x7f\r\x08\u202egpj\u2066\u2028\u200f[red]字"
OBEYED = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


def check(shown: str) -> None:
    assert "字" in shown
    assert OBEYED.findall(shown) == []
    assert "[red]" in shown


@given(st.text(st.characters(exclude_categories=())))
def test_whatever_stands_in_a_text_is_written_out(text: str) -> None:
    assert OBEYED.search(harmless(text)) is None
    harmless(text).encode()
    assert len(harmless_line(text).splitlines()) <= 1
    assert "\t" not in harmless_line(text)


@given(
    st.recursive(
        st.text() | st.none(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
        max_leaves=10,
    )
)
def test_json_means_the_same(value: Any) -> None:
    assert json.loads(harmless(json.dumps(value, ensure_ascii=False))) == value


@pytest.mark.parametrize("as_json", [True, False])
@pytest.mark.parametrize("at_once", [True, False])
def test_outcomes_of_the_publisher(capsys: pytest.CaptureFixture[str], as_json: bool, at_once: bool) -> None:
    problem = {"errors": [{"pointer": f"/{HOSTILE}", "detail": HOSTILE}]}
    with Report(as_json=as_json, at_once=at_once) as report:
        report.show(Outcome(f"{HOSTILE}\n.md", HOSTILE, HOSTILE, "refused", problem=problem))
        report.show(Outcome(HOSTILE, "", HOSTILE, "accepted", url=HOSTILE))
    check(capsys.readouterr().out)


def test_what_the_publisher_complains_of(capsys: pytest.CaptureFixture[str]) -> None:
    complain(CommandError(HOSTILE))
    check(capsys.readouterr().err)


@pytest.mark.parametrize("arguments", [["list"], ["list", "--json"], ["show", "3-7"]])
def test_what_is_set_aside(monkeypatch: pytest.MonkeyPatch, arguments: list[str]) -> None:
    sent = json.dumps({"title": HOSTILE, HOSTILE: "x"}, ensure_ascii=False).encode()
    output = of(failed(), arrival(7), HOSTILE.encode(), sent, ((HOSTILE, HOSTILE.encode()),))
    letter = read_letter(Age(0, 3, 7), output.key, output.value, output.headers)
    assert letter is not None
    letter = replace(letter, problem=letter.problem | {"detail": HOSTILE})

    def run(command: Callable[..., Any]) -> None:
        with pytest.raises(StopIteration):
            command({Place(3, 7): letter}, None).send(None)

    monkeypatch.setattr(quarantine_command, "_run", run)
    check(CliRunner().invoke(quarantine, arguments, catch_exceptions=False).stdout)


@pytest.mark.parametrize("as_json", [True, False])
def test_what_rank_answers(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], as_json: bool
) -> None:
    action = dict.fromkeys(("action", "scope", "who", "remark", "why"), HOSTILE)
    answer = {
        **{
            "id": HOSTILE,
            "list": HOSTILE,
            "as_of": HOSTILE,
            "sentence": HOSTILE,
            "score": 1,
            "scope": HOSTILE,
        },
        "parts": [{"bucket": HOSTILE, "readers": 1, "weight": 1, "points": 1}],
        "desk": [action],
        "entries": [{"id": HOSTILE, "score": 1, "pinned": False}],
    }
    monkeypatch.setattr(commands, "_ask", lambda _: answer)
    commands.show_why("http://rank", "a", "now", as_json=as_json)
    check(capsys.readouterr().out)
    commands.show_hot("http://rank", "all", "now", 1, as_json=as_json)
    check(capsys.readouterr().out)


def test_logs_that_dev_shows(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "logs").mkdir()
    (tmp_path / "logs" / "kafka.log").write_text(f"{HOSTILE}\n")
    site.logs(tmp_path, "kafka", follow=False)
    check(capsys.readouterr().out)


def test_lines_of_a_services_log() -> None:
    program = (
        "from shared.runtime import configure_logging, log\nimport sys\n"
        "configure_logging('x'); log.info('seen', said=sys.argv[1])"
    )
    command = [sys.executable, "-c", program, HOSTILE]
    done = subprocess.run(command, capture_output=True, check=True)
    line = done.stdout.decode().removesuffix("\n")
    check(line)
    assert json.loads(line)["said"] == HOSTILE
