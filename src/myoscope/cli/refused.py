"""How a command says no."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import click


class Refused(click.ClickException):
    """Bad input: one message on standard error, exit 2."""

    exit_code = 2


@contextmanager
def told() -> Iterator[None]:
    """Tell bad input, and a damaged knowledge base, in one message each instead of a traceback.

    Raises:
        Refused: the input cannot be answered as it stands.
        ClickException: the knowledge base is damaged.

    """
    from myoscope.record import InputError
    from myoscope.sources import KnowledgeError

    try:
        yield
    except InputError as error:
        raise Refused(str(error)) from None
    except KnowledgeError as error:
        raise click.ClickException(
            f"{error}\nThe knowledge base is damaged; `myoscope knowledge check` tells more"
        ) from None
