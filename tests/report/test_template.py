"""Templates: a name that is not there is an error, and text is shown as text."""

from __future__ import annotations

from pathlib import Path

import pytest
from jinja2 import UndefinedError

from myoscope.report.template import TEMPLATES, environment


def test_what_is_not_there_is_an_error_and_text_is_text(tmp_path: Path) -> None:
    (tmp_path / "one.html.j2").write_text("<p>{{ said }}</p>", encoding="utf-8")
    one = environment(tmp_path).get_template("one.html.j2")
    assert one.render(said="<b>") == "<p>&lt;b&gt;</p>"
    with pytest.raises(UndefinedError):
        one.render()


def test_the_report_s_own_templates_are_found() -> None:
    assert environment().list_templates(["j2"])
    assert (TEMPLATES / "page.css").is_file()
