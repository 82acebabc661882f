"""The web face: a form, a page, a small interface for programs. Nothing is stored and nothing leaves the machine."""

from myoscope.web.app import create_app

__all__ = ["create_app"]
