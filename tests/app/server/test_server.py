"""The server around the pages, without a browser: headers, hidden addresses, readiness, what is told of an error."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import tomllib
from pathlib import Path
from types import SimpleNamespace

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from streamlit.testing.v1 import AppTest

from hexapod.app import shell
from hexapod.app.server import asgi
from hexapod.app.server.headers import content_security_policy
from hexapod.app.sign_in import settings as sign_in_settings
from tests.app.driver import ROOT, Form

COOKIES = ("a=b; Path=/", "c=d; HttpOnly; secure")


async def _with_cookies(_request: Request) -> PlainTextResponse:
    answer = PlainTextResponse("here")
    for cookie in COOKIES:
        answer.headers.append("set-cookie", cookie)
    return answer


def ask(app: Starlette, address: str) -> httpx.Response:
    """The answer to one request, without a server."""

    async def asked() -> httpx.Response:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app)) as client:
            return await client.get(address)

    return asyncio.run(asked())


@pytest.fixture
def app() -> Starlette:
    anything = Route("/{path:path}", _with_cookies)
    return Starlette(routes=[*asgi.ROUTES, anything], middleware=asgi.MIDDLEWARE)


def test_nothing_of_another_host_and_no_text_is_run() -> None:
    policy = {part.split()[0]: part.split()[1:] for part in content_security_policy().split("; ")}
    assert policy["default-src"] == ["'none'"]
    assert policy["frame-ancestors"] == ["'none'"]
    words = {word for words in policy.values() for word in words}
    prints = {word for word in words if word.startswith("'sha256-")}
    assert words - prints == {"'none'", "'self'", "blob:", "data:", "'unsafe-inline'"}
    assert [name for name, held in policy.items() if "'unsafe-inline'" in held] == ["style-src"]
    assert [name for name, held in policy.items() if "data:" in held] == ["img-src", "font-src"]
    assert prints, "the page of Streamlit has a script in it, which may run by its fingerprint alone"


@pytest.mark.parametrize("path", ["metrics", "agent/openapi.json", "agent/mcp", "script-health-check"])
@pytest.mark.parametrize("base", ["", "/app"])
def test_what_is_nobodys_business_is_not_there(app: Starlette, base: str, path: str) -> None:
    answer = ask(app, f"http://localhost{base}/_stcore/{path}")
    assert answer.status_code == 404
    assert answer.headers["Content-Security-Policy"] == content_security_policy()
    assert ask(app, "http://localhost/_stcore/health").status_code == 200


@pytest.mark.hazard("H-22")
def test_cookies_are_for_https_only_where_there_is_https(app: Starlette, monkeypatch: pytest.MonkeyPatch) -> None:
    plain = ask(app, "http://localhost/page").headers.get_list("set-cookie")
    assert plain == list(COOKIES)
    secured = ["a=b; Path=/; Secure", COOKIES[1]]
    assert ask(app, "https://localhost/page").headers.get_list("set-cookie") == secured
    monkeypatch.setattr(sign_in_settings, "by_https", lambda: True)
    behind_a_silent_proxy = ask(app, "http://localhost/page")
    assert behind_a_silent_proxy.headers.get_list("set-cookie") == secured


def test_ready_only_when_the_library_answers(app: Starlette, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    answer = ask(app, "http://localhost/ready")
    assert (answer.status_code, answer.text) == (200, "ready\n")
    (tmp_path / "no folder").write_text("a file")
    monkeypatch.setenv("HEXAPOD_DATA_DIR", str(tmp_path / "no folder"))
    answer = ask(app, "http://localhost/ready")
    assert (answer.status_code, answer.text) == (503, "not ready\n")
    assert answer.headers["Cache-Control"] == "no-store"


def test_the_settings_that_manners_rest_on() -> None:
    settings = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text("utf-8"))
    assert settings["browser"]["gatherUsageStats"] is False
    assert settings["client"]["showErrorDetails"] == "none"
    assert settings["server"]["address"] == "localhost"
    assert settings["server"]["enableXsrfProtection"] is True
    assert settings["server"]["maxUploadSize"] <= 16
    assert settings["server"]["maxWidgetStateSize"] <= 2
    assert settings["runner"]["postScriptGC"] is False


@pytest.mark.hazard("H-14")
def test_after_an_error_inside_nothing_of_the_page_is_left_and_the_next_run_tries_again(
    monkeypatch: pytest.MonkeyPatch, form: Form
) -> None:
    form.sample("tibia_varus").step("check")
    assert "hx-schedule" in form.html

    def broken(_: object) -> None:
        raise RuntimeError("/secret/folder/left tibia")

    with monkeypatch.context() as while_it_is_broken:
        while_it_is_broken.setattr(shell, "plan_record", SimpleNamespace(look=broken))
        form.run()
        assert len(form.at.error) == 1
        assert "nothing on an earlier screen is valid" in form.at.error[0].value
        assert not form.html
        assert not form.at.button
    form.run()
    assert "hx-schedule" in form.html


@pytest.mark.hazard("H-21")
def test_an_edit_never_empties_the_page_under_its_fields(monkeypatch: pytest.MonkeyPatch, form: Form) -> None:
    form.sample("tibia_varus").step("frame")
    real = shell.st.empty

    def guarded() -> object:
        """Only the line that answers the last action has a place that may be empty."""
        asked_by = sys._getframe(1).f_globals["__name__"]
        return real() if asked_by == "hexapod.app.session.step_status" else pytest.fail("the page's place was emptied")

    monkeypatch.setattr(shell.st, "empty", guarded)
    form.type("Strut 1 (red), mm", "bad")
    form.type("Strut 1 (red), mm", "155")


@pytest.mark.hazard("H-14")
def test_an_error_outside_the_planner_is_told_without_itself() -> None:
    def page() -> None:
        from hexapod.app.server import asgi

        assert asgi.failed(RuntimeError("/secret/folder/left tibia"))

    at = AppTest.from_function(page).run()
    assert len(at.error) == 1
    assert "nothing on an earlier screen is valid" in at.error[0].value
    assert "secret" not in at.error[0].value
    assert "on_script_error=asgi.failed" in (ROOT / "app.py").read_text("utf-8")


def test_ready_is_answered_below_a_sub_path_too(tmp_path: Path) -> None:
    (tmp_path / ".streamlit").mkdir()
    (tmp_path / ".streamlit" / "config.toml").write_text('[server]\nbaseUrlPath = "frames/left"\n')
    script = "from hexapod.app.server import asgi; print([r.path for r in asgi.ROUTES if r.path.endswith('/ready')])"
    told = subprocess.run(
        [sys.executable, "-c", script],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert told.stdout.strip() == "['/ready', '/frames/left/ready']"
