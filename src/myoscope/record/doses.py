"""A daily dose written beside a medicine, 'prednisolone 15 mg daily', read only where nothing has to be converted."""

from __future__ import annotations

import re
from collections.abc import Iterable

from myoscope.record.model import Listing

# Only words that multiply nothing may stand between the milligrams and "daily", so neither "twice" nor "tablets".
_DAILY = re.compile(
    r"(?<![\d.,/–-])(?P<mg>\d+(?:\.\d+)?)\s*mg\b(?:,?\s+(?:tablet|oral|orally|by mouth|po|once|in the morning))*,?\s*"
    r"(?:/\s*d(?:ay)?|a day|per day|daily|every day)\b",
    re.IGNORECASE,
)
_SEVERAL = re.compile(
    r"\d\s*[x×*]\s*\d|\b(?:\d+|half|two|three|four)\s+(?:tablets?|tabs?|capsules?)\b"
    r"|\b(?:to|or)\s+\d|\d\s*(?:-|–)\s*\d|\b(?:twice|times|alternate|every other)\b",
    re.IGNORECASE,
)


def daily_dose(listings: Iterable[Listing], names: Iterable[str]) -> tuple[float, str] | None:
    """The milligrams a day of the medicines taken of these names, added up, and the words they were read from.

    None where one of them says no daily dose, or says it in a way that has to be worked out (twice daily, 2 x 5 mg, a
    decimal comma), and where another medicine of the same group is taken: part of a sum would look like the whole.
    """
    wanted = re.compile(r"\b(" + "|".join(names) + r")\b", re.IGNORECASE)
    medicines = [one for one in listings if one.kind == "medicine"]
    taken = [one for one in medicines if wanted.search(one.text)]
    found = [_milligrams(f"{one.text} {one.dose or ''}") for one in taken]
    known = [dose for dose in found if dose is not None]
    group = {term for one in taken for term in one.terms}
    others = [one for one in medicines if one not in taken and group & set(one.terms)]  # another milligram
    if not taken or others or len(known) < len(found):
        return None
    return sum(known), "; ".join(one.text for one in taken)


def _milligrams(text: str) -> float | None:
    doses = {float(match["mg"]) for match in _DAILY.finditer(text)}
    return doses.pop() if len(doses) == 1 and not _SEVERAL.search(text) else None
