"""Citations: the nearest one counts, and nothing that nobody read decides."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from myoscope.sources import Citation, Source, bibliography, citation
from myoscope.sources.bibliography import READ_WORDS, worst_read

REPOSITORY = Path(__file__).resolve().parents[2]


def test_the_nearest_citation_counts() -> None:
    above = Citation("a_2000", "Table 1", "primary")
    assert citation({}, above) == above
    assert citation({"place": "Table 2"}, above) == Citation("a_2000", "Table 2", "primary")
    assert citation({"source": "b_2001", "read": "recalled"}, above) == Citation("b_2001", "Table 1", "recalled")


@pytest.mark.parametrize("missing", ["source", "place", "read"])
def test_a_citation_without_one_of_its_three_parts_is_none(missing: str) -> None:
    whole = {"source": "a_2000", "place": "Table 1", "read": "primary"}
    assert citation(whole) is not None
    assert citation({key: value for key, value in whole.items() if key != missing}) is None


def test_only_what_nobody_read_may_not_decide() -> None:
    assert {word for word in READ_WORDS if Citation("a", "b", word).may_decide} == {"primary", "secondary", "policy"}


def test_a_chain_is_as_strong_as_its_weakest_link() -> None:
    assert worst_read(["primary", "secondary", "policy"]) == "secondary"
    assert worst_read(["primary", "recalled", "secondary"]) == "recalled"
    assert worst_read(["policy", "primary"]) == "policy"
    assert worst_read([]) is None


def source(**values: str | int) -> Source:
    return Source(**{"id": "x", "title": "A title", **values})  # type: ignore[arg-type]


def test_short_names_as_in_running_text() -> None:
    assert source(authors="Cruz-Jentoft AJ, Bahat G, et al.", year=2019).short == "Cruz-Jentoft 2019"
    assert source(authors="van der Werf A, Langius JAE", year=2018).short == "van der Werf 2018"
    assert source(authors="World Health Organization", year=2020).short == "World Health Organization 2020"
    assert source(authors="The Myoscope developers").short == "The Myoscope developers"


def test_the_link_is_the_doi_then_pubmed_then_the_page_read() -> None:
    everything = {"authors": "A B", "doi": "10.1/x", "pmid": "7", "read_at": "https://example.org"}
    assert source(**everything).link == "https://doi.org/10.1/x"
    assert source(authors="A B", pmid="7", read_at="https://example.org").link == "https://pubmed.ncbi.nlm.nih.gov/7/"
    assert source(authors="A B", read_at="https://example.org").link == "https://example.org"
    assert source(authors="A B").link is None


@pytest.mark.parametrize("name", list(bibliography()))
def test_every_source_is_complete(name: str) -> None:
    one = bibliography()[name]
    assert re.fullmatch(r"[a-z0-9_]+", one.id)
    assert one.title
    assert one.authors
    assert one.read in READ_WORDS
    assert one.doi is None or re.fullmatch(r"10\.\d{4,9}/\S+", one.doi)
    assert one.pmid is None or re.fullmatch(r"[1-9]\d{0,8}", one.pmid)
    assert one.year is None or 1900 <= one.year <= 2026
    at = one.read_at
    assert at is None or at.startswith(("https://", "http://")) or (REPOSITORY / at).is_file(), at
