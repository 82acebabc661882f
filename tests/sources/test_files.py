"""The knowledge files are read once, and a cache that is damaged, old or forbidden never changes an answer."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from myoscope.sources import KnowledgeError, files

CACHED = (files._read, files._digest, files.everything, files._answers, files.folder, files.table, files.knowledge_id)


@pytest.fixture
def base(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A small knowledge base of its own, and a cache folder of its own."""
    root = tmp_path / "knowledge"
    (root / "sources").mkdir(parents=True)
    (root / "sources" / "one.yaml").write_text("- {id: one, value: 27}\n")
    (root / "norms").mkdir()
    (root / "norms" / "t.csv").write_text("sex,p50\nmale,51\n")
    monkeypatch.setattr(files, "ROOT", root)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    clear()
    yield root
    clear()


def clear() -> None:
    for function in CACHED:
        function.cache_clear()


def cached(base: Path) -> list[Path]:
    return sorted((base.parent / "cache" / "myoscope").glob("whole-*"))


def test_the_content_by_file_and_folder(base: Path) -> None:
    assert files.everything() == {"sources/one.yaml": [{"id": "one", "value": 27}]}
    assert files.folder("sources") == files.everything()
    assert files.folder("norms") == {}
    assert files.table("norms/t.csv") == [{"sex": "male", "p50": "51"}]


def test_answers_read_no_cases(base: Path) -> None:
    (base / "causes").mkdir()
    (base / "causes" / "a.yaml").write_text("id: a\nrules: {x: 1}\ncases: [{name: one}]\n")
    clear()
    for _ in range(2):  # parsed, then from the cache
        assert files.folder("causes") == {"causes/a.yaml": {"id": "a", "rules": {"x": 1}}}
        assert files.everything()["causes/a.yaml"]["cases"] == [{"name": "one"}]
        clear()


def test_the_second_run_reads_the_cache(base: Path) -> None:
    files.everything()
    (kept,) = cached(base)
    body = json.loads(kept.read_text())
    body["sources/one.yaml"][0]["value"] = 1
    kept.write_text(json.dumps(body))
    clear()
    assert files.everything()["sources/one.yaml"][0]["value"] == 1


def test_a_changed_file_is_read_again_and_the_old_cache_removed(base: Path) -> None:
    files.everything()
    (base / "sources" / "one.yaml").write_text("- {id: one, value: 28.5}\n")
    clear()
    assert files.everything()["sources/one.yaml"][0]["value"] == 28.5
    assert len(cached(base)) == 1


def test_a_change_that_keeps_size_and_time_is_seen(base: Path) -> None:
    """Reproducible packages give every file the same time: 27 -> 28 must not answer with the old number."""
    path = base / "sources" / "one.yaml"
    os.utime(path, (1, 1))
    files.everything()
    path.write_text(path.read_text().replace("27", "28"))
    os.utime(path, (1, 1))
    clear()
    assert files.everything()["sources/one.yaml"][0]["value"] == 28


@pytest.mark.parametrize(
    "junk",
    [
        b"",
        b"{",
        b"null",
        b"[]",
        b"{}",
        b"123",
        b"[1]",
        b'"text"',
        b"\xff\xfe\x00",
        b'{"sources/one.yaml": ',
        b'{"other.yaml": []}',
    ],
)
def test_a_damaged_cache_is_ignored(base: Path, junk: bytes) -> None:
    expected = files.everything()
    (kept,) = cached(base)
    kept.write_bytes(junk)
    clear()
    assert files.everything() == expected


def test_a_cache_that_cannot_be_written_only_costs_speed(base: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    blocked = base.parent / "a file, not a folder"
    blocked.write_text("")
    monkeypatch.setenv("XDG_CACHE_HOME", str(blocked))
    assert files.everything()["sources/one.yaml"] == [{"id": "one", "value": 27}]


def test_fresh_and_cached_content_are_the_same(base: Path) -> None:
    """JSON knows text keys only: both runs must see the same."""
    (base / "policy").mkdir()
    (base / "policy" / "p.yaml").write_text("ranks: {1: a, 2: b}\nyes: true\n")
    fresh = files.everything()
    clear()
    assert files.everything() == fresh
    assert set(fresh["policy/p.yaml"]["ranks"]) == {"1", "2"}


@pytest.mark.parametrize(
    ("content", "words"), [(b"a: [1\n", "line"), (b"a: M\xfcller\n", "utf-8"), (b"a: 1\na: 2\n", "twice")]
)
def test_a_file_that_cannot_be_read_is_named(base: Path, content: bytes, words: str) -> None:
    (base / "sources" / "two.yaml").write_bytes(content)
    with pytest.raises(KnowledgeError, match=rf"^sources/two\.yaml.*{words}"):
        files.everything()


def test_the_knowledge_id_names_the_content_of_yaml_and_csv(base: Path) -> None:
    before = files.knowledge_id()
    assert before.startswith(files.EDITION + "+")
    for path, text in (("norms/t.csv", "sex,p50\nmale,52\n"), ("sources/one.yaml", "- {id: one, value: 28}\n")):
        (base / path).write_text(text)
        clear()
        assert files.knowledge_id() != before
        before = files.knowledge_id()


def test_many_processes_at_once_all_read_the_same(base: Path) -> None:
    """Each starts without a cache, writes it, and removes what others wrote."""
    code = (
        "import sys, pathlib; from myoscope.sources import files; files.ROOT = pathlib.Path(sys.argv[1]);"
        "print(files.everything()['sources/one.yaml'][0]['value'])"
    )
    started = [
        subprocess.Popen(
            [sys.executable, "-c", code, str(base)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        for _ in range(6)
    ]
    for process in started:
        out, err = process.communicate(timeout=60)
        assert (out.strip(), err, process.returncode) == ("27", "", 0)
    assert [path.suffix for path in cached(base)] == [".json"]  # no half-written file is left


def test_the_real_knowledge_base_is_part_of_the_package() -> None:
    import myoscope

    assert Path(str(myoscope.__file__)).parent / "knowledge" == files.ROOT
    assert files.ROOT.is_dir()
