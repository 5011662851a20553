"""A core does no IO and reads no clock: its now, its randomness and its settings are arguments.

import-linter sees modules, and `datetime.now`, `open` or `Path.read_text` come with modules that a core may
well import. So every name is resolved here to what it stands for. What a core may import is listed, so that a
new way out is found without being known; a library that only computes is added to the list. Of `shared/` a
core may import what is as pure as itself.
"""

import ast
import re
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Final, TypeGuard

import pytest

from dev.environment import ROOT

PURE: Final = frozenset(
    {
        "abc", "aiokafka.partitioner.murmur2", "base64", "binascii", "bisect", "calendar",
        "charset_normalizer.from_bytes", "codecs.lookup", "collections", "comrak", "contextlib", "copy",
        "crawleruseragents.is_crawler", "dataclasses", "datetime", "decimal", "difflib", "email.utils",
        "enum", "fractions", "functools", "hashlib", "heapq", "hmac", "html", "http.HTTPStatus", "ipaddress",
        "itertools", "jinja2", "json", "lxml", "markdown_it", "markupsafe", "math", "mdit_py_plugins",
        "numbers", "numpy", "opencc", "operator", "pydantic", "pydantic_core", "re", "regex", "rjieba",
        "selectolax", "statistics", "string", "struct", "sys.intern", "textwrap", "tomllib", "types",
        "typing", "unicodedata", "urllib.parse", "uuid", "xml.etree.ElementTree.Element",
        "xml.parsers.expat", "yaml", "zlib", "zoneinfo",
    }
)  # fmt: skip

IMPURE: Final = frozenset(
    {
        "contextlib.chdir", "datetime.date.today", "datetime.datetime.now", "datetime.datetime.today",
        "datetime.datetime.utcnow", "email.utils.localtime", "email.utils.make_msgid",
        "hashlib.file_digest", "jinja2.FileSystemLoader", "jinja2.PackageLoader", "lxml.etree.parse",
        "lxml.html.open_in_browser", "lxml.html.parse", "numpy.fromfile", "numpy.genfromtxt", "numpy.load",
        "numpy.loadtxt", "numpy.memmap", "numpy.random", "numpy.save", "numpy.savetxt", "numpy.savez",
        "uuid.getnode", "uuid.uuid1", "uuid.uuid4", "uuid.uuid6", "uuid.uuid7",
        "zoneinfo.available_timezones", "zoneinfo.reset_tzpath", "builtins.__import__",
        "builtins.breakpoint", "builtins.compile", "builtins.eval", "builtins.exec", "builtins.input",
        "builtins.open", "builtins.print",
    }
)  # fmt: skip
"""Also what is reached through one of these."""

CALLED_SHORT: Final = {
    "email.utils.formatdate": 1,
    "datetime.datetime.fromtimestamp": 2,
    "zoneinfo.ZoneInfo": 99,
    "zoneinfo.ZoneInfo.no_cache": 99,
}
"""Impure unless called with so many arguments: the clock, the machine's time zone, or a file stands in."""

_A_CORE: Final = re.compile(r"(services\.\w+|publisher)\.core\.")

CORES: Final = sorted(
    path for core in ("services/*", "publisher") for path in ROOT.glob(f"{core}/core/**/*.py")
)


def impurities(module: str, source: str) -> list[str]:
    """Name every way in which a module of a core does IO, reads a clock or draws randomness."""
    tree = ast.parse(source)
    names: dict[str, str] = {}
    found: list[str] = []
    for node in ast.walk(tree):
        for local, means, imported in _imports(module, node):
            names[local] = means
            if not _may_be_imported(imported):
                found.append(f"imports {imported}")
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Assign)
            and isinstance(node.targets[0], ast.Name)
            and _meant(names, node.value)
        ):
            names[node.targets[0].id] = _meant(names, node.value)
    for node in ast.walk(tree):
        if isinstance(node, ast.AsyncFunctionDef | ast.Await | ast.AsyncFor | ast.AsyncWith):
            found.append(f"line {node.lineno} is asynchronous")
        elif isinstance(node, ast.Call):
            found += _called(names, node)
        elif _is_read(node) and (meant := _meant(names, node)) in IMPURE:
            found.append(f"line {node.lineno} uses {meant}")
    return found


def _imports(module: str, node: ast.AST) -> Iterator[tuple[str, str, str]]:
    """Give each name that an import binds, what that stands for, and what is imported."""
    if isinstance(node, ast.Import):
        for name, local in ((alias.name, alias.asname) for alias in node.names):
            bound = name.split(".")[0]
            yield (local, name, name) if local else (bound, bound, name)
    elif isinstance(node, ast.ImportFrom):
        package = module.split(".")[: -node.level] if node.level else []
        source = ".".join([*package, *filter(None, [node.module])])
        for alias in node.names:
            yield alias.asname or alias.name, f"{source}.{alias.name}", f"{source}.{alias.name}"


def _may_be_imported(imported: str) -> bool:
    """Tell whether a core may import this; which core may know which, import-linter says."""
    if imported.startswith("shared."):
        return _is_pure(imported.split(".")[1])
    return bool(_A_CORE.match(imported)) or (_is_of(imported, PURE) and not _is_of(imported, IMPURE))


@cache
def _is_pure(shared: str) -> bool:
    """Tell whether a module of `shared/` is held to what a core is held to."""
    return (
        impurities(f"shared.{shared}", (ROOT / "shared" / f"{shared}.py").read_text(encoding="utf-8")) == []
    )


def _is_of(name: str, those: Iterable[str]) -> bool:
    """Tell whether a dotted name is one of those, or is reached through one."""
    return any(f"{name}.".startswith(f"{one}.") for one in those)


def _is_read(node: ast.AST) -> TypeGuard[ast.Name | ast.Attribute]:
    return isinstance(node, ast.Name | ast.Attribute) and isinstance(node.ctx, ast.Load)


def _meant(names: dict[str, str], node: ast.AST) -> str:
    """Give the dotted name of what an expression stands for; empty if no import says so."""
    if isinstance(node, ast.Name):
        return names.get(node.id, f"builtins.{node.id}")
    if isinstance(node, ast.Attribute):
        return f"{_meant(names, node.value)}.{node.attr}"
    return ""


def _called(names: dict[str, str], call: ast.Call) -> Iterator[str]:
    meant, arguments = _meant(names, call.func), len(call.args) + len(call.keywords)
    if meant == "builtins.getattr" and isinstance(name := call.args[1], ast.Constant):
        meant = f"{_meant(names, call.args[0])}.{name.value!s}"
        if meant in IMPURE:
            yield f"line {call.lineno} uses {meant}"
    if arguments < CALLED_SHORT.get(meant, 0):
        yield f"line {call.lineno} calls {meant} with {arguments} arguments"
    if meant.endswith(".astimezone") and not arguments:
        yield f"line {call.lineno} asks for the machine's time zone"


@pytest.mark.parametrize("path", CORES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_core_does_no_io_and_reads_no_clock(path: Path) -> None:
    module = ".".join(path.relative_to(ROOT).with_suffix("").parts)
    assert impurities(module, path.read_text(encoding="utf-8")) == []


PLANTED = [
    "from datetime import datetime\ndatetime.now()",
    "from datetime import UTC, datetime as D\nD.now(UTC)",
    "import datetime as dt\ndt.datetime.utcnow()",
    "import datetime\nclock = datetime.datetime.now",
    "from dataclasses import field\nfrom datetime import datetime\nat = field(default_factory=datetime.now)",
    "from datetime import date\ngetattr(date, 'today')()",
    "from datetime import datetime\ndatetime.fromtimestamp(0)",
    "def f(at):\n    return at.astimezone()",
    "from datetime import datetime\nD = datetime\nD.now()",
    "import time\ntime.time()",
    "from time import monotonic",
    "def f():\n    import time",
    "from email.utils import formatdate\nformatdate()",
    "from pathlib import Path\nPath('a').read_text()",
    "def f(path: 'pathlib.Path'):\n    import pathlib",
    "open('a')",
    "read = open",
    "print(1)",
    "import io\nio.open('a')",
    "import os\nos.environ['A']",
    "from os import environ",
    "import os.path as p",
    "import sys\nsys.stdin.read()",
    "from zoneinfo import ZoneInfo\nZoneInfo('Asia/Kuala_Lumpur')",
    "from importlib.resources import files",
    "__import__('os')",
    "import uuid\nuuid.uuid4()",
    "from uuid import uuid4",
    "import random",
    "import secrets",
    "import numpy as np\nnp.random.default_rng()",
    "from numpy.random import default_rng",
    "import logging",
    "import structlog",
    "import asyncio",
    "import requests",
    "import httpx",
    "from urllib import request",
    "import urllib.request",
    "import sqlite3",
    "import subprocess",
    "import threading",
    "import numpy.random",
    "import jinja2\njinja2.FileSystemLoader('a')",
    "from shared.runtime import log",
    "from shared import settings",
    "from shared.foreign_records import skipped",
    "from services.a.adapters import store",
    "from ..adapters import store",
    "async def f():\n    pass",
]

CLEAN = [
    "class A:\n    input: int = 0\n\ndef f(a):\n    return a.input",
    "from sys import intern",
    "import urllib.parse\nurllib.parse.quote('a')",
    "from datetime import UTC, datetime\ndatetime.fromtimestamp(0, UTC).astimezone(UTC)",
    "def f(now, open_, zone):\n    return now.astimezone(zone), now.open, zone.time",
    "from zoneinfo import ZoneInfo\ndef f(zone: ZoneInfo):\n    return zone.key",
    "from uuid import UUID, uuid5",
    "from . import rules\nfrom .rules import now\nfrom services.a.core.rules import uuid4\nnow()",
    "from shared import wire\nwire.encode(1)",
    "import re\nre.compile('a')",
]


@pytest.mark.parametrize("source", PLANTED)
def test_an_impurity_is_found(source: str) -> None:
    assert impurities("services.a.core.planted", source)


@pytest.mark.parametrize("source", CLEAN)
def test_what_is_pure_is_let_be(source: str) -> None:
    assert impurities("services.a.core.planted", source) == []
