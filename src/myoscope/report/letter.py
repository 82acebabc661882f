"""The letter to the doctor as Markdown: one page that prints, and that plain text shows as well."""

from __future__ import annotations

import re

from myoscope.assess.result_programme import Letter


def as_markdown(letter: Letter) -> str:
    """The letter. What was entered is shown letter by letter: nothing in it is read as markup."""
    parts = [f"# {plain(letter.title)}", plain(letter.about)]
    for section in letter.sections:
        parts.append(f"## {plain(section.title)}")
        parts.append("\n".join(f"- {plain(line)}" for line in section.lines))
    parts.append(f"*{plain(letter.closing)}*")
    return "\n\n".join(parts) + "\n"


def plain(text: str) -> str:
    """One line of text whose special characters stand for themselves in Markdown."""
    return re.sub(r"([\\`*_\[\]<>#|])", r"\\\1", " ".join(text.split()))
