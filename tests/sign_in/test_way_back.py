"""A link to a case, opened before signing in, in a real browser with a real provider: it ends at that case and step."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect, sync_playwright

from hexapod.app.draft.draft_model import blank_draft
from hexapod.app.draft.storage import text_of
from hexapod.app.server.return_link import COOKIE
from hexapod.library import new_key
from tests.sign_in.conftest import PATIENCE_S, Hospital

pytestmark = [pytest.mark.hazard("H-22"), pytest.mark.browser]
CHROMIUM = "/usr/bin/chromium"


@pytest.fixture(scope="module")
def case(hospital: Hospital) -> str:
    key = new_key()
    with hospital.library() as records:
        records.drafts.save(key, 0, text_of(blank_draft() | {"id": "linked-1"}))
    return key


@pytest.fixture
def page() -> Iterator[Page]:
    with sync_playwright() as playwright:
        path = os.environ.get("CHROMIUM", CHROMIUM)
        browser = playwright.chromium.launch(
            executable_path=path, args=["--no-sandbox", "--disable-background-networking"]
        )
        page = browser.new_page()
        page.set_default_timeout(PATIENCE_S * 1000)
        # The provider's page asks another host for its looks.
        page.route(lambda url: "://localhost:" not in url, lambda route: route.abort())
        yield page
        browser.close()


def sign_in(page: Page, who: str | None) -> None:
    """Press the button of the page, then choose a user at the provider, or none."""
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("button", name=who or "Deny", exact=True).click()


@pytest.mark.slow
def test_a_link_opened_before_signing_in_ends_at_its_case_and_step(hospital: Hospital, page: Page, case: str) -> None:
    link = f"{hospital.address}/?case={case}&step=treatment"
    page.goto(link)
    expect(page.get_by_text("Sign in to see the cases")).to_be_visible()
    sign_in(page, None)
    expect(page.get_by_text("Sign in to see the cases")).to_be_visible()
    assert page.url == f"{hospital.address}/", "a sign-in that failed ends as ever"
    page.goto(link)
    sign_in(page, "u-ada")
    expect(page.locator(".hx-id")).to_have_text("linked-1")
    expect(page.locator(".st-key-body-treatment")).to_be_visible()
    assert page.url == link
    assert COOKIE not in {cookie.get("name") for cookie in page.context.cookies()}
    page.get_by_role("button", name="Sign out").click()
    page.get_by_role("button", name="End session").or_(page.get_by_text("Sign in to see the cases")).first.wait_for()
    page.goto(hospital.address)
    sign_in(page, "u-ada")
    expect(page.get_by_role("heading", name="Hexapod planner", exact=True)).to_be_visible()
    assert page.url == f"{hospital.address}/", "without a link it is the list, whatever was open before"
