"""A provider of OpenID Connect that can be told to misbehave: `python provider.py PORT`.

It signs whoever comes in, at once, as the user of its present behaviour; `PUT /behave` with JSON sets that:
`claims` are put over the usual ones (null takes one away), `key` is `ours` or `foreign`, `algorithm` is `RS256`,
`HS256` (with the public key as secret, an old trick) or `none`, `listed` are the algorithms that the metadata tell.
"""

from __future__ import annotations

import base64
import functools
import json
import sys
import time
from typing import Any
from urllib.parse import urlencode

import uvicorn
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

ISSUER = f"http://localhost:{sys.argv[-1]}"
USUAL: dict[str, Any] = {"claims": {}, "key": "ours", "algorithm": "RS256", "listed": ["RS256"]}
behaviour = dict(USUAL)
asked: dict[str, dict[str, str]] = {}


@functools.cache
def signing_key(name: str) -> RSAKey:
    return RSAKey.generate_key(2048, {"kid": "one"})


def part(value: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


def id_token(client: str, nonce: str) -> str:
    now_s = int(time.time())
    usual = {"iss": ISSUER, "sub": "u-1", "aud": client, "iat": now_s, "exp": now_s + 300, "nonce": nonce}
    claims = {key: value for key, value in (usual | behaviour["claims"]).items() if value is not None}
    key, algorithm = signing_key(behaviour["key"]), behaviour["algorithm"]
    if algorithm == "none":
        return f"{part({'alg': 'none'})}.{part(claims)}."
    if algorithm == "HS256":
        return jwt.encode({"alg": "HS256", "kid": "one"}, claims, OctKey.import_key(key.as_pem(private=False)))
    return jwt.encode({"alg": algorithm, "kid": "one"}, claims, key)


async def metadata(_: Request) -> Response:
    return JSONResponse(
        {
            "issuer": ISSUER,
            "authorization_endpoint": f"{ISSUER}/authorize",
            "token_endpoint": f"{ISSUER}/token",
            "jwks_uri": f"{ISSUER}/keys",
            "id_token_signing_alg_values_supported": behaviour["listed"],
        }
    )


async def keys(_: Request) -> Response:
    return JSONResponse({"keys": [signing_key("ours").as_dict(private=False)]})


async def authorize(request: Request) -> Response:
    code = f"code-{len(asked)}"
    asked[code] = dict(request.query_params)
    back = urlencode({"code": code, "state": request.query_params["state"]})
    return RedirectResponse(f"{request.query_params['redirect_uri']}?{back}", status_code=302)


async def token(request: Request) -> Response:
    form = await request.form()
    of_request = asked.pop(str(form["code"]))
    made = id_token(of_request["client_id"], of_request["nonce"])
    return JSONResponse({"access_token": "a", "token_type": "Bearer", "expires_in": 300, "id_token": made})


async def behave(request: Request) -> Response:
    behaviour.update(USUAL | await request.json())
    return JSONResponse({})


routes = [
    Route("/.well-known/openid-configuration", metadata),
    Route("/keys", keys),
    Route("/authorize", authorize),
    Route("/token", token, methods=["POST"]),
    Route("/behave", behave, methods=["PUT"]),
]
if __name__ == "__main__":
    uvicorn.run(Starlette(routes=routes), host="localhost", port=int(sys.argv[-1]), log_level="warning")
