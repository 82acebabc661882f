"""One person's answer as a terminal report, as a page, as pictures."""
