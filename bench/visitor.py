"""A browser without a screen: cookies, redirects and Streamlit's own messages, so that every byte can be seen."""

from __future__ import annotations

import contextlib
import functools
import time
from typing import Any
from urllib.parse import urlsplit

import httpx
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import connect
from websockets.typing import Origin, Subprotocol

PATIENCE_S = 30
# Streamlit lets the address behind the button count for two minutes.
WAY_IN_S = 60
USER_COOKIE, TOKENS_COOKIE = "_streamlit_user", "_streamlit_user_tokens"
# Connections that are open; whoever opens some closes this in the end.
OPEN = contextlib.ExitStack()


class Visitor:
    """Somebody with a browser; `tab` opens the app in it."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.web = OPEN.enter_context(httpx.Client(follow_redirects=False, timeout=PATIENCE_S))
        self.web.get(f"{address}/_stcore/health").raise_for_status()
        self.web.get(f"{address}/_stcore/host-config").raise_for_status()

    def tab(self, query: str = "", session: str | None = None) -> Tab:
        return Tab(self, query, session)

    def sign_in(self, sub: str | None = None) -> Visitor:
        """Go where the button leads and follow all redirects; `sub` is what is chosen on the provider's page."""
        where = f"{self.address}{way_in(self.address, int(time.monotonic() / WAY_IN_S))}"
        for _ in range(10):
            answer = self.web.get(where)
            if answer.status_code == 200 and sub is not None:
                answer = self.web.post(where, data={"sub": sub})
            if not answer.is_redirect:
                return self
            assert answer.next_request is not None
            where = str(answer.next_request.url)
            if urlsplit(where).netloc == urlsplit(self.address).netloc and urlsplit(where).path == "/":
                return self
        raise AssertionError("no end of redirects")

    @property
    def cookie(self) -> str | None:
        return self.cookies().get(USER_COOKIE)

    def cookies(self) -> dict[str, str]:
        return {cookie.name: (cookie.value or "").strip('"') for cookie in self.web.cookies.jar}


@functools.cache
def way_in(address: str, _: int) -> str:
    """Where the button of the sign-in page sends a browser."""
    return Visitor(address).tab().run().press("sign-in").sent_to


class Tab:
    """One connection of a visitor, and everything that came over it."""

    def __init__(self, visitor: Visitor, query: str, session: str | None) -> None:
        cookies = visitor.cookies()
        names = "; ".join(f"{name}={value}" for name, value in cookies.items())
        self.query = query
        self.bytes = b""
        self.messages: list[ForwardMsg] = []
        self._values: dict[str, Any] = {}
        self._again = ""
        self._kept: dict[str, ForwardMsg] = {}
        words = ["streamlit", cookies.get("_streamlit_xsrf", "none"), *([session] if session else [])]
        whole = connect(
            visitor.address.replace("http", "ws") + "/_stcore/stream",
            origin=Origin(visitor.address),
            subprotocols=[Subprotocol(word) for word in words],
            additional_headers={"Cookie": names} if names else {},
            max_size=None,
        )
        self._socket = OPEN.enter_context(whole)

    def run(self, **trigger: str) -> Tab:
        """Run the script once; `press` and `enter` are what a person does."""
        return self._answered(self._message(), trigger)

    def look_again(self) -> Tab:
        """What the page does by itself every so often; the page stays as it was."""
        page = self.messages
        assert self._again, "nothing on this page looks again by itself"
        message = self._message()
        message.rerun_script.fragment_id = self._again
        message.rerun_script.is_auto_rerun = True
        self._answered(message, {})
        self.messages = page
        return self

    def _message(self) -> BackMsg:
        message = BackMsg()
        message.rerun_script.query_string = self.query
        message.rerun_script.cached_message_hashes.extend(self._kept)
        for identity, value in self._values.items():
            message.rerun_script.widget_states.widgets.add(id=identity, **value)
        return message

    def _answered(self, message: BackMsg, trigger: dict[str, str]) -> Tab:
        for identity in trigger.values():
            message.rerun_script.widget_states.widgets.add(id=identity, trigger_value=True)
        self.messages = []
        self._socket.send(message.SerializeToString())
        until_s = time.monotonic() + PATIENCE_S
        while time.monotonic() < until_s:
            raw = self._socket.recv(timeout=PATIENCE_S)
            assert isinstance(raw, bytes)
            self.bytes += raw
            got = ForwardMsg.FromString(raw)
            got = self._whole(got)
            self.messages.append(got)
            kind = got.WhichOneof("type")
            if kind == "page_info_changed":  # the script has changed the address
                self.query = got.page_info_changed.query_string
            if kind == "auto_rerun":
                self._again = got.auto_rerun.fragment_id
            if kind == "script_finished":
                return self
        raise AssertionError("the script did not end")

    def _whole(self, got: ForwardMsg) -> ForwardMsg:
        """The message; as browsers do, large ones are kept, and the server then sends their fingerprints only."""
        if got.WhichOneof("type") == "ref_hash":
            return self._kept[got.ref_hash]
        if got.metadata.cacheable:
            self._kept[got.hash] = got
        return got

    def press(self, key: str) -> Tab:
        return self.run(button=self._id("button", key))

    def enter(self, key: str, text: str) -> Tab:
        """Type a text into the field with this key, or with a key that ends so."""
        self._values[self._id("text_input", key)] = {"string_value": text}
        return self.run()

    def has(self, key: str) -> bool:
        return self._find("button", key) is not None

    @property
    def sent_to(self) -> str:
        return next(one.auth_redirect.url for one in self.messages if one.WhichOneof("type") == "auth_redirect")

    @property
    def text(self) -> str:
        """All texts of the last run."""
        found = []
        for element in self._elements():
            kind = element.WhichOneof("type")
            part = getattr(element, kind)
            found += [str(getattr(part, name)) for name in ("body", "label", "code_text") if hasattr(part, name)]
            if kind == "exception":
                found.append(part.message)
        return "\n".join(found)

    def _elements(self) -> list[Any]:
        return [
            one.delta.new_element
            for one in self.messages
            if one.WhichOneof("type") == "delta" and one.delta.WhichOneof("type") == "new_element"
        ]

    def _find(self, kind: str, key: str) -> str | None:
        for element in self._elements():
            if element.WhichOneof("type") == kind and getattr(element, kind).id.endswith((f"-{key}", f"|{key}")):
                return str(getattr(element, kind).id)
        return None

    def _id(self, kind: str, key: str) -> str:
        found = self._find(kind, key)
        assert found is not None, f"no {kind} {key} on the page: {self.text[-500:]}"
        return found
