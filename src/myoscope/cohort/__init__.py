"""Many people: a table in, every definition out, with the figures and the report of the whole."""
