"""A package's licence is what its metadata say, the most exact way first."""

from email.message import Message

import pytest

from dev import environment
from dev.licences import UNKNOWN, licence, listed
from dev.sbom import packages

LOCK = environment.LOCK.read_text()
BSD = ("Classifier", "License :: OSI Approved :: BSD License")
PYTHON = ("Classifier", "Programming Language :: Python :: 3")
MIT = ("Classifier", "License :: OSI Approved :: MIT License")


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ([("License-Expression", "MIT OR Apache-2.0"), ("License", "MIT"), BSD], "MIT OR Apache-2.0"),
        ([("License", "BSD-3-Clause"), BSD], "BSD-3-Clause"),
        ([("License", "Copyright (c)\nPermission is granted"), PYTHON, BSD], "BSD License"),
        ([("License", "x" * 61), BSD, MIT], "BSD License and MIT License"),
        ([PYTHON, ("License-File", "LICENSE"), ("License-File", "NOTICE")], "see LICENSE and NOTICE"),
        ([], "see its files"),
    ],
)
def test_the_licence_of(fields: list[tuple[str, str]], expected: str) -> None:
    said = Message()
    for name, value in fields:
        said.add_header(name, value)
    assert licence(said) == expected


def test_every_pinned_package_is_listed() -> None:
    lines = [line.split("\t") for line in listed(LOCK)]
    assert [(name, version) for name, version, _ in lines] == [(n, v) for n, v, _ in packages(LOCK)]
    assert {name: found for name, _, found in lines}["pytest"] == "MIT"


def test_of_what_is_not_installed_here_nothing_is_claimed() -> None:
    lock = "no-such-package==1.0 \\\n    --hash=sha256:00\npytest==0.1 \\\n    --hash=sha256:00\n"
    assert list(listed(lock)) == [f"no-such-package\t1.0\t{UNKNOWN}", f"pytest\t0.1\t{UNKNOWN}"]
