from __future__ import annotations

from pathlib import Path

import jsonschema_rs
import pytest

from myoscope.web import create_app


def refused(answer, status):
    """The one shape of every error."""
    assert answer.status_code == status
    body = answer.json()
    assert set(body) == {"ok", "error", "problems"}
    assert body["ok"] is False
    assert all(set(problem) == {"where", "what", "attempt"} for problem in body["problems"])
    return body


def test_a_record_is_answered_as_the_schema_says(client, record):
    answered = client.post("/api/assess", json=record)
    assert answered.status_code == 200
    jsonschema_rs.validate(client.get("/api/schema/result").json(), answered.json())
    assert "for" in answered.json()["causes"][0]
    assert "for_" not in answered.json()["causes"][0]


def test_a_record_in_yaml_is_answered_too(client):
    assert client.post("/api/assess", content="sex: male\nage_years: 70\n").json()["person"]["age_years"] == 70


def test_the_day_can_be_chosen(client, record):
    assert client.post("/api/assess?on=2026-01-31", json=record).json()["person"]["on"] == "2026-01-31"


def test_every_problem_is_named_with_its_place(client):
    body = refused(client.post("/api/assess", json={"sexx": "male", "height_cm": 1.7}), 422)
    assert [problem["where"] for problem in body["problems"]] == ["sexx", "height_cm"]
    assert "did you mean 'sex'" in body["problems"][0]["what"]


@pytest.mark.parametrize(
    "content", [b"", b"[1, 2]", b'{"sex": "male"', b"\xff\xfe", b'{"sex": NaN}', b"[" * 100_000, b"a: &x 1"]
)
def test_what_is_no_record_is_refused(client, content):
    refused(client.post("/api/assess", content=content), 422)


def test_an_unknown_day_is_refused(client, record):
    body = refused(client.post("/api/assess?on=yesterday", json=record), 422)
    assert body["problems"][0]["where"] == "query.on"


def test_unknown_addresses_and_methods_have_the_same_shape(client):
    refused(client.get("/api/nothing"), 404)
    refused(client.get("/api/assess"), 405)


@pytest.mark.parametrize("chunked", [False, True])
def test_too_much_is_refused_before_it_is_read(client, examples, chunked):
    small = type(client)(create_app(examples=examples, largest_bytes=1000))

    async def pieces():
        for _ in range(20):
            yield b"x" * 100

    body = refused(small.post("/api/assess", content=pieces() if chunked else b"x" * 2000), 413)
    assert body["problems"][0]["where"] == "request"
    assert small.post("/api/assess", content=b"sex: male\nage_years: 70").status_code == 200


def test_a_fault_of_ours_tells_nothing_of_the_person(client, monkeypatch):
    def broken(*_, **__):
        raise RuntimeError("secret 4711")

    monkeypatch.setattr("myoscope.web.app.assess", broken)
    answered = client.post("/api/assess", json={"sex": "male"})
    assert "4711" not in answered.text
    refused(answered, 500)
    assert "default-src 'none'" in answered.headers["content-security-policy"]


def test_schemas_are_served(client):
    jsonschema_rs.meta.validate(client.get("/api/schema/record").json())
    jsonschema_rs.meta.validate(client.get("/api/schema/result").json())


def test_the_server_says_that_it_is_up_and_what_answers(client):
    health = client.get("/healthz").json()
    assert health["ok"] is True
    assert health["knowledge"]


def test_a_browser_gets_its_icon(client):
    icon = client.get("/favicon.ico")
    assert icon.status_code == 200
    assert icon.headers["content-type"].startswith("image/svg+xml")


def test_the_interface_describes_itself_without_foreign_scripts(client):
    assert client.get("/docs").status_code == 404
    assert "/api/assess" in client.get("/api/openapi.json").json()["paths"]


def test_the_description_says_what_goes_in_and_what_errors_look_like(client, record):
    described = client.get("/api/openapi.json").json()
    asked = described["paths"]["/api/assess"]["post"]
    assert asked["requestBody"]["required"] is True
    body = asked["requestBody"]["content"]["application/json"]["schema"]
    jsonschema_rs.validate(body, record)
    jsonschema_rs.validate(body, {"resourceType": "Bundle", "entry": []})
    with pytest.raises(jsonschema_rs.ValidationError):
        jsonschema_rs.validate(body, {"sexx": "male"})
    assert "HTTPValidationError" not in str(described)
    for status, got in (
        (422, client.post("/api/assess", json={"sexx": "male"})),
        (422, client.post("/api/assess?on=yesterday", json=record)),
        (413, type(client)(create_app(largest_bytes=10)).post("/api/assess", json=record)),
    ):
        name = asked["responses"][str(status)]["content"]["application/json"]["schema"]["$ref"]
        shape = {"$ref": name, "components": described["components"]}
        assert got.status_code == status
        jsonschema_rs.validate(shape, got.json())
        with pytest.raises(jsonschema_rs.ValidationError):
            jsonschema_rs.validate(shape, {"detail": []})


def test_every_address_for_programs_is_in_the_paper():
    text = (Path(__file__).parents[2] / "docs" / "interface.md").read_text(encoding="utf-8")
    app = create_app()
    asked = [f"{method.upper()} {path}" for path, ways in app.openapi()["paths"].items() for method in ways]
    for address in (*asked, f"GET {app.openapi_url}"):
        assert f"`{address}`" in text, address
    for status in app.openapi()["paths"]["/api/assess"]["post"]["responses"]:
        assert status == "200" or f"| {status} |" in text


def test_too_much_from_a_form_is_told_on_a_page(examples, client):
    small = type(client)(create_app(examples=examples, largest_bytes=1000))
    got = small.post("/assess", content=b"x" * 2000)
    assert got.status_code == 413
    assert got.headers["content-type"].startswith("text/html")
    assert "too large for one person" in got.text


@pytest.mark.parametrize(
    "path", ["/", "/healthz", "/interview", "/api/schema/record", "/static/interview.css", "/nothing"]
)
def test_head_is_get_without_a_body(client, path):
    got, whole = client.request("HEAD", path), client.get(path)
    assert got.status_code == whole.status_code
    assert got.content == b""
    assert got.headers["content-type"] == whole.headers["content-type"]
    assert "content-security-policy" in got.headers


def test_head_of_what_is_only_posted_is_refused(client):
    assert client.request("HEAD", "/api/assess").status_code == 405
