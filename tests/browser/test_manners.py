"""The server's manners as a browser sees them: headers, what the page may load, what it says when something fails."""

from __future__ import annotations

import urllib.error
import urllib.request

import pytest
from playwright.sync_api import Browser, expect

from hexapod.app.session.opening import STEPS
from tests.browser.screen import Screen

pytestmark = pytest.mark.browser


@pytest.mark.slow
def test_no_step_does_what_the_policy_forbids(screen: Screen) -> None:
    """Every step of a whole case with its preview, charts and documents; the fixture fails on what is held back."""
    held_back: list[str] = []
    screen.page.on(
        "console",
        lambda told: held_back.append(f"{told.text}: {told.location['url']}") if told.type == "error" else None,
    )
    screen.page.evaluate(
        "addEventListener('securitypolicyviolation', (event) => console.error(event.violatedDirective))"
    )
    screen.sample("femur_lengthening")
    expect(screen.page.get_by_test_id("day-slider")).to_be_attached()
    for step in STEPS:
        screen.step(step)
    screen.make()
    expect(
        screen.page.get_by_test_id("pdf-content").locator("canvas").first
    ).to_be_visible()  # the first page of the very PDF
    screen.settle()
    assert not held_back


def test_the_policy_holds_back_what_is_not_ours(chromium: Browser, address: str) -> None:
    """Were a text of a case ever taken for a script, nothing would come of it, and nothing would leave the machine."""
    page = chromium.new_page()
    page.goto(f"{address}/?case=new")
    done = page.evaluate(
        """async () => {
            const told = [];
            addEventListener('securitypolicyviolation', (event) => told.push(event.effectiveDirective));
            const script = document.createElement('script');
            script.textContent = 'window.reached = true';
            document.body.append(script);
            const frame = document.createElement('iframe');
            frame.src = 'data:text/html,x';
            document.body.append(frame);
            await fetch('https://example.org/').catch(() => told.push('fetch'));
            for (let waits = 0; waits < 50 && new Set(told).size < 4; waits++)
                await new Promise((then) => setTimeout(then, 100));
            return [window.reached ?? false, [...new Set(told)].sort()];
        }"""
    )
    page.close()
    assert done == [False, ["connect-src", "fetch", "frame-src", "script-src-elem"]]


def test_another_page_cannot_put_the_app_in_a_frame(chromium: Browser, address: str) -> None:
    page = chromium.new_page()
    page.set_content(f'<iframe src="{address}/?case=new"></iframe>')
    page.wait_for_timeout(500)
    assert page.frames[1].locator(".stApp").count() == 0
    page.close()


def test_headers_are_on_every_answer(address: str) -> None:
    for path in ("/", "/ready", "/_stcore/health", "/no/such/page"):
        with urllib.request.urlopen(address + path) as answer:
            policy = answer.headers["Content-Security-Policy"]
            assert "default-src 'none'" in policy
            assert "http" not in policy
            assert "eval" not in policy
            assert answer.headers["X-Content-Type-Options"] == "nosniff"
            assert answer.headers["Referrer-Policy"] == "same-origin"
    with urllib.request.urlopen(f"{address}/") as answer:
        assert answer.headers["Cache-Control"] == "no-cache"


@pytest.mark.hazard("H-22")
def test_cookies_behind_a_proxy_with_https_are_secure(address: str) -> None:
    """The proxy tells by X-Forwarded-Proto; without it the settings of sign-in tell (`tests/app/server/test_server.py`)."""
    asked = urllib.request.Request(f"{address}/_stcore/health", headers={"X-Forwarded-Proto": "https"})
    with urllib.request.urlopen(asked) as answer:
        cookies = answer.headers.get_all("Set-Cookie")
    assert cookies
    assert all("Secure" in cookie for cookie in cookies)


def test_the_servers_counters_are_hidden(address: str) -> None:
    for path in ("metrics", "agent/openapi.json"):
        with pytest.raises(urllib.error.HTTPError, match="404"):
            urllib.request.urlopen(f"{address}/_stcore/{path}")
