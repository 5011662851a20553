"""`hot` and `why` on the command line: asks a running rank over HTTP and prints what it says."""

import json
from http.client import HTTPException
from typing import Any, Final
from urllib.error import HTTPError, URLError
from urllib.parse import quote, urlencode
from urllib.request import urlopen

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from shared.terminal import harmless, harmless_line

_DEADLINE_S: Final = 10


def show_hot(base_url: str, scope: str, list_name: str, limit: int, *, as_json: bool) -> None:
    """Print a hot list."""
    query = urlencode({"scope": scope, "list": list_name, "limit": limit})
    answer = _ask(f"{base_url}/hot?{query}")
    if as_json:
        _print_json(answer)
        return
    table = Table(title=_line(f"{answer['scope']} · {answer['list']} · {answer['as_of']}"))
    for column in ("", "id", "score", ""):
        table.add_column(column, justify="right" if column == "score" else "left")
    for rank, entry in enumerate(answer["entries"], 1):
        table.add_row(str(rank), _line(entry["id"]), str(entry["score"]), "pinned" if entry["pinned"] else "")
    Console().print(table)


def show_why(base_url: str, article: str, list_name: str, *, as_json: bool) -> None:
    """Print why an article stands where it stands."""
    answer = _ask(f"{base_url}/hot/{quote(article, safe='')}/why?{urlencode({'list': list_name})}")
    if as_json:
        _print_json(answer)
        return
    console = Console()
    console.print(_line(answer["sentence"]))
    table = Table(title=_line(f"{answer['id']} · {answer['list']} · {answer['as_of']}"))
    for column in ("bucket", "readers", "weight", "points"):
        table.add_column(column, justify="left" if column == "bucket" else "right")
    for part in answer["parts"]:
        table.add_row(_line(part["bucket"]), str(part["readers"]), str(part["weight"]), str(part["points"]))
    table.add_row("", "", "", str(answer["score"]), style="bold")
    console.print(table)
    for action in answer["desk"]:
        who = " / ".join(filter(None, (action["who"], action["remark"])))
        console.print(_line(f"{action['action']} in {action['scope']} by {who}: {action['why']}"))


def _ask(url: str) -> Any:
    try:
        with urlopen(url, timeout=_DEADLINE_S) as response:  # noqa: S310 - the operator's own address
            return json.load(response)
    except HTTPError as error:
        detail = json.load(error).get("detail", error.reason)
        typer.echo(harmless_line(f"rank says: {detail}"), err=True)
    except (URLError, HTTPException, OSError) as error:
        typer.echo(f"rank does not answer at {url} ({error}); is RANK_URL right?", err=True)
    raise typer.Exit(1)


def _print_json(answer: Any) -> None:
    typer.echo(harmless(json.dumps(answer, ensure_ascii=False)))


def _line(text: str) -> Text:
    return Text(harmless_line(text))
