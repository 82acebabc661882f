"""What stands before every request: a size limit, headers that keep a browser from loading or leaking, and HEAD."""

from __future__ import annotations

from collections.abc import Callable

from starlette.datastructures import MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-store",
}


class Shield:
    """ASGI middleware.

    Args:
        app: what it protects.
        largest_bytes: bodies above this are refused with 413 before anybody reads them.
        too_large: the answer to them, by the address asked.

    """

    def __init__(self, app: ASGIApp, *, largest_bytes: int, too_large: Callable[[str], Response]) -> None:
        self.app = app
        self.largest_bytes = largest_bytes
        self.too_large = too_large

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let one request through, or refuse it."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        head = scope["method"] == "HEAD"
        if head:  # what GET would answer, without its body
            scope = {**scope, "method": "GET"}

        async def send_with_headers(message: Message) -> None:
            if head and message["type"] == "http.response.body":
                message = {**message, "body": b""}
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(HEADERS)
                if scope["method"] == "GET":  # going back to the form must find it filled
                    MutableHeaders(scope=message)["Cache-Control"] = "no-cache"
            await send(message)

        body = await self._body(scope, receive)
        if body is None:
            await self.too_large(scope["path"])(scope, receive, send_with_headers)
            return
        pending: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

        async def receive_again() -> Message:
            return pending.pop() if pending else await receive()

        await self.app(scope, receive_again, send_with_headers)

    async def _body(self, scope: Scope, receive: Receive) -> bytes | None:
        """The whole body, or None as soon as it is known to be too large."""
        for name, value in scope["headers"]:
            if name == b"content-length" and value.isdigit() and int(value) > self.largest_bytes:
                return None
        found = bytearray()
        while True:
            message = await receive()
            found += message.get("body", b"")
            if len(found) > self.largest_bytes:
                return None
            if not message.get("more_body", False):
                return bytes(found)
