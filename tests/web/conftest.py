"""The site asked directly, and the site served to a real browser."""

from __future__ import annotations

import asyncio
import socket
import threading
import time

import httpx
import pytest
import uvicorn

from chromium import CHROMIUM
from myoscope.web import create_app

FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
RECORD = {
    "sex": "male",
    "age_years": 74,
    "height_cm": 172,
    "weight_kg": 68,
    "weight_6_months_ago_kg": 74.5,
    "intended_weight_loss": "no",
    "grip_strength_kg": 27.0,
    "chair_stand_5x_s": 17.2,
    "gait_speed_m_s": 0.76,
    "protein_g_per_kg_day": 0.6,
}


class Client:
    """A small synchronous client: Starlette's own wants a package that is not among ours."""

    def __init__(self, app):
        self.app = app

    def request(self, method, path, **more):
        async def once():
            transport = httpx.ASGITransport(app=self.app, raise_app_exceptions=False)
            async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
                return await client.request(method, path, **more)

        return asyncio.run(once())

    def get(self, path, **more):
        return self.request("GET", path, **more)

    def post(self, path, **more):
        return self.request("POST", path, **more)


@pytest.fixture
def examples(tmp_path):
    folder = tmp_path / "examples"
    folder.mkdir()
    (folder / "worried_man.yaml").write_text("sex: male\nage_years: 74\ngrip_strength_kg: 25\n", encoding="utf-8")
    (folder / "notes.txt").write_text("not a record", encoding="utf-8")
    return folder


@pytest.fixture
def client(examples):
    return Client(create_app(examples=examples))


@pytest.fixture
def record():
    return dict(RECORD)


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    """Where the site is served."""
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    app = create_app(examples=tmp_path_factory.mktemp("examples"))
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning", lifespan="off"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    until = time.monotonic() + 20
    while not server.started:
        assert time.monotonic() < until, "the server did not start"
        time.sleep(0.02)
    yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    server.should_exit = True
    thread.join(timeout=20)
    listener.close()


@pytest.fixture(scope="module")
def browser():
    """Chromium."""
    sync_api = pytest.importorskip("playwright.sync_api")
    with sync_api.sync_playwright() as play:
        chromium = play.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture
def page(browser, address):
    """A page that keeps its console's complaints and asks nobody else for anything."""
    context = browser.new_context(base_url=address, viewport={"width": 1280, "height": 900})
    opened = context.new_page()
    opened.complaints, opened.asked = [], []
    opened.on("console", lambda message: opened.complaints.append(message.text) if message.type == "error" else None)
    opened.on("pageerror", lambda error: opened.complaints.append(str(error)))
    opened.on("request", lambda request: opened.asked.append(request.url))
    yield opened
    assert all(url.startswith(address) for url in opened.asked), "the page asked somebody else for something"
    context.close()
