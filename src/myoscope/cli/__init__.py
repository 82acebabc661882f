"""The command line."""

from myoscope.cli.app import main

__all__ = ["main"]
