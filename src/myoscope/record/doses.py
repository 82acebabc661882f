"""A daily dose written beside a medicine, 'prednisolone 15 mg daily', read only where nothing has to be converted."""

from __future__ import annotations

import re
from collections.abc import Iterable

from myoscope.record.model import Listing

_DAILY = re.compile(
    r"(?P<mg>\d+(?:\.\d+)?)\s*mg\b(?:\s+\w+){0,3}?\s*"
    r"(?:/\s*d(?:ay)?|a day|per day|daily|every day|once a day)\b",
    re.IGNORECASE,
)


def daily_dose(listings: Iterable[Listing], names: Iterable[str]) -> tuple[float, str] | None:
    """The milligrams a day of the active medicines of these names, added up, and the words they were read from.

    None where one of them says no daily dose: part of a sum would look like the whole.
    """
    wanted = re.compile(r"\b(" + "|".join(names) + r")\b", re.IGNORECASE)
    taken = [one for one in listings if one.kind == "medicine" and one.active and wanted.search(one.text)]
    found = [_DAILY.search(f"{one.text} {one.dose or ''}") for one in taken]
    if not taken or None in found:
        return None
    return sum(float(match["mg"]) for match in found if match), "; ".join(one.text for one in taken)
