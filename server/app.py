"""The web application: settings, databases, doors, and the modules' blueprints in the order of their floors."""

import importlib
import importlib.util
import sys
from typing import Any

import redis
from flask import Flask, g, request
from flask.typing import ResponseReturnValue
from werkzeug.middleware.proxy_fix import ProxyFix

from server import __version__, migrations
from server.core import actor, logs, tables
from server.core.api import ProblemApi, RefConverter, TextConverter, answer_errors
from server.core.config import Config
from server.core.db import db
from server.core.doors import App
from server.core.limits import Limits
from server.core.pool import Engines, tune_control
from server.core.shares import Shares

MODULES = (
    "stores", "devices", "staff", "catalog", "stock", "cash", "sales", "orders",
    "tenants", "checks", "seeds", "sync", "bridge", "web",
)  # fmt: skip

SWITCH_S = 0.0005
"""How long a thread may work while others wait for Python's lock. A request gives the lock away at each of its some
twenty statements, and waits so long for it again whenever another request works: with Python's own 5 ms, one import
delays everybody's small requests by 100 ms."""

CONTENT_SECURITY = (
    "default-src 'self'; img-src 'self' data: blob:; media-src 'self'; worker-src 'self'; connect-src 'self'; "
    "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
SAFETY = {
    "Content-Security-Policy": CONTENT_SECURITY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(self), geolocation=(self)",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
"""What every answer tells a browser. Nothing inline runs, nobody frames us, no other site reads or opens into us."""

ONLY_TLS = "max-age=31536000"
"""Told over TLS alone; subdomains decide for themselves."""

ABOUT_THE_API = (
    "Every shop answers on its own host. The cookies `__Host-terminal` and `__Host-session` say which till and which "
    "person acts; `X-AISales-Person` names who stands at the till. A changing request needs the header `X-AISales: 1` "
    "and a same-origin `Origin` or `Sec-Fetch-Site`, and outside the sync push it may carry an `Idempotency-Key`. "
    "Amounts are minor units, quantities thousandths, times UTC with `Z`. Lists page by `cursor`. Every error is a "
    "problem document (RFC 9457) with a stable `code`."
)


def create_app(config: Config | None = None) -> App:
    """Make the application. Raises KeyError where AISALES_DATA is missing and no config is given."""
    logs.configure()
    settings = config or Config.from_environment()
    sys.setswitchinterval(SWITCH_S)
    app = App("server", static_folder=None)
    app.config.update(
        SQLALCHEMY_DATABASE_URI=settings.control_url,
        SQLALCHEMY_ENGINE_OPTIONS={"hide_parameters": True},
        MAX_CONTENT_LENGTH=8 * 1024 * 1024,
        API_TITLE="AI Sales POS",
        API_VERSION=__version__,
        OPENAPI_VERSION="3.1.0",
        OPENAPI_URL_PREFIX="/api/v1",
        OPENAPI_JSON_PATH="openapi.json",
        API_SPEC_OPTIONS={"info": {"description": ABOUT_THE_API}},
    )
    app.url_map.converters |= {"int": RefConverter, "string": TextConverter, "default": TextConverter}
    app.json.sort_keys = False  # type: ignore[attr-defined]
    _attach(app, settings)
    _register(app)
    answer_errors(app)
    app.after_request(_secure)
    if settings.proxies:
        # The host stays what the browser asked for: a proxy passes `Host` on, so no header may say another shop.
        fixed = ProxyFix(app.wsgi_app, x_for=settings.proxies, x_proto=settings.proxies, x_host=0)
        app.wsgi_app = fixed  # type: ignore[method-assign]
    return app


def _attach(app: Flask, settings: Config) -> None:
    db.init_app(app)
    with app.app_context():
        tune_control(db.engine)
    app.extensions["aisales_config"] = settings
    app.extensions["aisales_engines"] = Engines(settings)
    app.extensions["aisales_shares"] = Shares(settings.threads_per_tenant)
    app.extensions["aisales_older_revisions"] = frozenset(migrations.revisions("tenant")[:-1])
    app.extensions["aisales_limits"] = Limits() if settings.limits_tries else None
    app.extensions["tenants_seen"] = {}
    app.extensions["aisales_tables"] = tables.__all__
    if settings.redis_url:
        app.extensions["aisales_redis"] = redis.Redis.from_url(settings.redis_url, socket_timeout=2)


def _register(app: App) -> None:
    api = ProblemApi(app)
    for name in MODULES:
        package = _part(f"server.{name}")
        if package is None:
            continue
        _part(f"server.{name}.models")
        routes = _part(f"server.{name}.routes")
        if routes is not None:
            api.register_blueprint(routes.blueprint)
        actor.offer(getattr(package, "RIGHTS", ()))
    reactions = _part("server.reactions")
    app.extensions["aisales_reactions"] = reactions.REACTIONS if reactions else {}
    staff = _part("server.staff.doors")
    if staff is not None:
        app.identify = staff.identify


def _part(name: str) -> Any:
    """A module, or None where a package has no such file."""
    try:
        found = importlib.util.find_spec(name)
    except ModuleNotFoundError:
        return None
    return importlib.import_module(name) if found is not None else None


def _secure(response: ResponseReturnValue) -> ResponseReturnValue:
    headers = response.headers  # type: ignore[union-attr]
    for name, value in SAFETY.items():
        headers.setdefault(name, value)
    if request.is_secure:
        headers["Strict-Transport-Security"] = ONLY_TLS
    if request.path.startswith("/api/"):
        headers.setdefault("Cache-Control", "no-store")
    if g.get("tenant") is not None:
        headers["X-Tenant-Id"] = str(g.tenant.id)
    return response
