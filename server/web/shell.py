"""The pages that lead into the browser app, and its files as the build made them.

On a shop's own address the app lives under `/app/`. The bare address leads on to the shop when there is one, else it
asks for the shop's name; nothing is ever sold there.
"""

import base64
import hashlib
import mimetypes
from pathlib import Path
from urllib.parse import urlsplit

import sqlalchemy as sa
from flask import Blueprint, Response, render_template_string, request, send_file
from werkzeug.utils import safe_join

from server.core import tenant
from server.core.doors import access
from server.core.errors import Busy, NotFound
from server.core.tenant import TenantHost, TenantRow, UnknownTenant
from server.core.transaction import control_reading
from server.core.words import LANGUAGES, words_of

pages = Blueprint("pages", __name__)

FOR_EVER = "public, max-age=31536000, immutable"
ASK_AGAIN = "no-cache"
A_DAY = "public, max-age=86400"
KEPT_BY_FOLDER = {"assets": FOR_EVER, "icons": A_DAY}
"""How long a browser keeps a file: hashed ones for ever; it asks for its icon at each change of the page's title."""

COPIES = (("br", ".br"), ("gzip", ".gz"))
NEVER_SERVED = frozenset({"manifest.json"})
"""The build's own list of its chunks."""

TYPES = {".webmanifest": "application/manifest+json", ".js": "text/javascript", ".woff2": "font/woff2"}
STYLE = """
:root { color-scheme: light dark; --bg: #f5f6f4; --card: #fff; --ink: #182019; --ink-2: #56615a; --line: #dde1dc;
  --edge: #8b958e; --pri: #0b6b58; --on-pri: #fff; --bad: #a93226 }
@media (prefers-color-scheme: dark) { :root { --bg: #101412; --card: #181d1b; --ink: #ecf1ee; --ink-2: #aab6b0;
  --line: #303935; --edge: #6f7a74; --pri: #43c3a6; --on-pri: #04241c; --bad: #ff8a7a } }
* { box-sizing: border-box }
body { margin: 0; min-height: 100vh; display: grid; grid-template-rows: auto 1fr; padding: 20px 16px;
  font: 16px/1.4 Inter, system-ui, sans-serif; background: var(--bg); color: var(--ink) }
header { display: flex; align-items: center; justify-content: center; gap: 12px; font-size: 18px; font-weight: 600 }
main { display: grid; place-content: center; justify-items: center }
form { display: grid; gap: 12px; width: min(440px, calc(100vw - 32px)); padding: 28px; border: 1px solid var(--line);
  border-radius: 16px; background: var(--card) }
h1 { margin: 0; font-size: 28px; line-height: 1.15 }
p { margin: 0; color: var(--bad) }
label { color: var(--ink-2); font-size: 14px }
input, button { font: inherit; min-height: 48px; padding: 8px 14px; border-radius: 12px }
input { margin-top: -6px; border: 1px solid var(--edge); background: var(--card); color: var(--ink) }
button { min-height: 56px; border: 0; background: var(--pri); color: var(--on-pri); font-weight: 600; cursor: pointer }
:focus-visible { outline: 3px solid var(--pri); outline-offset: 1px }
"""
PAGE = """<!doctype html>
<html lang="{{ language }}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>AI Sales POS</title><style>{{ style|safe }}</style></head>
<body><header>AI Sales POS</header><main><form action="/" method="get"><h1>{{ say("web.ask_title") }}</h1>
{% if unknown %}<p role="alert">{{ say("web.ask_unknown", shop=unknown) }}</p>{% endif %}
<label for="shop">{{ say("web.ask_label") }}</label>
<input id="shop" name="shop" autocomplete="organization" autocapitalize="none" required maxlength="60" autofocus>
<button>{{ say("web.ask_button") }}</button></form></main></body></html>
"""
STYLE_HASH = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
PAGE_SECURITY = (
    f"default-src 'none'; style-src 'sha256-{STYLE_HASH}'; form-action *; base-uri 'none'; frame-ancestors 'none'"
)


@pages.route("/")
@access("anyone", tenantless=True)
def home() -> Response:
    """To the app of this shop; on the bare address to the only shop, or to the question for its name."""
    if _is_a_shops():
        return _to("/app/")
    asked = request.args.get("shop", "").strip()[:60]
    hosts = _hosts(asked.lower()) if asked else _hosts_of_the_only_shop()
    if hosts:
        return _to(f"{request.scheme}://{_at(hosts)}/app/")
    return _question(asked)


@pages.route("/app")
@access("anyone", tenantless=True)
def app_without_slash() -> Response:
    """The app's address as people type it."""
    return _to("/app/")


@pages.route("/favicon.ico")
@access("anyone", tenantless=True)
def favicon() -> Response:
    """The picture in the browser's tab."""
    return _file(_static() / "icons" / "icon-192.png")


@pages.route("/app/")
@pages.route("/app/<path:path>")
@access("anyone", tenantless=True)
def app(path: str = "") -> Response:
    """A file of the build; every other address is a screen, which the app itself finds."""
    if not _is_a_shops():
        return _to("/")
    found = safe_join(str(_static()), path) if path else None
    if found is not None and path not in NEVER_SERVED and Path(found).is_file():
        return _file(Path(found))
    if "." in path.rsplit("/", 1)[-1]:
        raise NotFound("no such file")
    return _file(_static() / "index.html")


def _file(path: Path) -> Response:
    if not path.is_file():
        if path.name == "index.html":
            raise Busy("the browser app is not built yet; `make run` builds it", retry_after_s=10)
        raise NotFound("no such file")
    encoding, served = _copy(path)
    kind = TYPES.get(path.suffix) or mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    response = send_file(served, mimetype=kind, conditional=True)
    if encoding:
        response.headers["Content-Encoding"] = encoding
    response.headers["Vary"] = "Accept-Encoding"
    response.headers["Cache-Control"] = KEPT_BY_FOLDER.get(path.parent.name, ASK_AGAIN)
    return response


def _copy(path: Path) -> tuple[str | None, Path]:
    """The compressed copy that the browser takes, else the file itself."""
    for encoding, suffix in COPIES:
        copy = path.with_name(path.name + suffix)
        if request.accept_encodings[encoding] and copy.is_file():
            return encoding, copy
    return None, path


def _static() -> Path:
    return tenant.config().static


def _is_a_shops() -> bool:
    try:
        tenant.tenant_of_host(request.host)
    except UnknownTenant:
        return False
    return True


def _to(address: str) -> Response:
    return Response(status=302, headers={"Location": address, "Cache-Control": "no-store"})


def _hosts(name: str) -> list[str]:
    """The addresses of the shop of that slug or name."""
    query = sa.select(TenantHost.host).join(TenantRow, TenantRow.id == TenantHost.tenant_id)
    query = query.where(sa.or_(TenantRow.slug == name, sa.func.lower(TenantRow.name) == name))
    with control_reading() as control:
        return list(control.scalars(query.where(_is_open()).order_by(TenantHost.host)))


def _hosts_of_the_only_shop() -> list[str]:
    with control_reading() as control:
        shops = list(control.scalars(sa.select(TenantRow.slug).where(_is_open()).limit(2)))
    return _hosts(shops[0]) if len(shops) == 1 else []


def _is_open() -> sa.ColumnElement[bool]:
    return TenantRow.state.not_in(["creating", "archived", "deleting"])


def _at(hosts: list[str]) -> str:
    """The shop's address under the one that was called, with its port, else the shop's first."""
    called = urlsplit(f"//{request.host}")
    port = f":{called.port}" if called.port else ""
    below = [host for host in hosts if host.endswith(f".{called.hostname}")]
    return (below or hosts)[0] + port


def _question(unknown: str) -> Response:
    language = request.accept_languages.best_match(LANGUAGES, default="az")
    page = render_template_string(PAGE, language=language, say=words_of(language), style=STYLE, unknown=unknown)
    response = Response(page, status=404 if unknown else 200, mimetype="text/html")
    response.headers["Content-Security-Policy"] = PAGE_SECURITY
    response.headers["Cache-Control"] = "no-store"
    return response
