"""A small synchronous client: Starlette's own wants a package that is not among ours."""

from __future__ import annotations

import asyncio

import httpx
import pytest

from myoscope.web import create_app

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
