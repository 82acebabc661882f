"""A person over time: dated values, conditions, medicines, symptoms; and what of it holds on one day."""

from myoscope.record.current import Current, Dated, current
from myoscope.record.errors import InputError, Problem
from myoscope.record.model import Entry, Listing, Record
from myoscope.record.parse import parse_record, read_record
from myoscope.record.schema import record_schema

__all__ = [
    "Current",
    "Dated",
    "Entry",
    "InputError",
    "Listing",
    "Problem",
    "Record",
    "current",
    "parse_record",
    "read_record",
    "record_schema",
]
