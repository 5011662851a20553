"""`publish FOLDER` reads nothing that lies outside of the folder, whatever a link in it says."""

import json
from pathlib import Path

import pytest

from publisher.adapters.files import Files, Input, found
from services.ingest.core.faults import Rejection

PAYROLL = "---\ntitle: 工资表\nsection: 内部\n---\n只给人事。\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Give a folder with links into it and out of it."""
    outside, folder = tmp_path / "outside", tmp_path / "folder"
    (folder / "inside").mkdir(parents=True)
    outside.mkdir()
    (outside / "secret.md").write_text(PAYROLL)
    (outside / "secret.jsonl").write_text(
        '{"id": "a", "title": "工资表", "section": "内部", "body": "只给人事。"}\n'
    )
    (folder / "inside" / "open.md").write_text("---\ntitle: 公开\nsection: 地方\n---\n给大家。\n")
    (folder / "near.md").symlink_to(folder / "inside" / "open.md")
    (folder / "far.md").symlink_to(outside / "secret.md")
    (folder / "lines.jsonl").symlink_to(outside / "secret.jsonl")
    (folder / "chain.md").symlink_to(folder / "far.md")
    (folder / "elsewhere").symlink_to(outside)
    (folder / "climbing.md").symlink_to(Path("..") / "outside" / "secret.md")
    (folder / "dangling.md").symlink_to(outside / "nothing.md")
    return folder


def read(named: Path) -> dict[str, Input]:
    files = Files(None, named=[named])
    return {Path(one.file).name: one for path in found([named]) for one in files.read(path)}


def test_a_link_out_of_the_folder_is_told_and_not_followed(folder: Path) -> None:
    inputs = read(folder)
    for name in ("far.md", "lines.jsonl", "chain.md", "climbing.md"):
        refusal = inputs[name].value
        assert isinstance(refusal, Rejection), name
        assert refusal.detail == "is a link that leads out of its folder; name the file itself to publish it"
    assert not [
        one for one in inputs.values() if isinstance(one.value, bytes) and "工资表" in one.value.decode()
    ]


def test_a_link_that_stays_in_the_folder_is_read(folder: Path) -> None:
    value = read(folder)["near.md"].value
    assert isinstance(value, bytes)
    assert json.loads(value)["title"] == "公开"


def test_a_link_that_was_turned_since_it_was_listed_is_not_followed(folder: Path) -> None:
    listed = found([folder])
    (folder / "near.md").unlink()
    (folder / "near.md").symlink_to(folder.parent / "outside" / "secret.md")
    (turned,) = Files(None, named=[folder]).read(next(path for path in listed if path.name == "near.md"))
    assert isinstance(turned.value, Rejection)


def test_what_is_named_itself_is_read_wherever_it_leads(folder: Path) -> None:
    assert isinstance(read(folder / "far.md")["far.md"].value, bytes)


def test_links_that_lead_to_one_another_are_told(folder: Path) -> None:
    (folder / "a.md").symlink_to(folder / "b.md")
    (folder / "b.md").symlink_to(folder / "a.md")
    assert "a.md" not in read(folder)
    assert isinstance(read(folder / "a.md")["a.md"].value, Rejection)


def test_a_folder_may_be_named_by_a_link(folder: Path) -> None:
    (folder.parent / "link").symlink_to(folder)
    assert isinstance(read(folder.parent / "link")["near.md"].value, bytes)
