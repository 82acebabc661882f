"""How a command says no."""

from __future__ import annotations

import click


class Refused(click.ClickException):
    """Bad input: one message on standard error, exit 2."""

    exit_code = 2
