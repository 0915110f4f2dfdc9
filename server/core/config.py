"""Settings, read once from `AISALES_*` environment variables; no module reads the environment elsewhere."""

import dataclasses
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

THREADS_PER_TENANT = 64
"""How many requests of one tenant may be served at the same moment; the next gets 503 with Retry-After."""

STREAMS_AT_MOST = 224
"""Open event streams of one web process; gunicorn has 320 threads, so requests always find one."""

IDLE_CONNECTIONS, IDLE_IN_BACKGROUND = 96, 16
"""Connections to shops that a process keeps open while nobody uses them, of 0.35 MB each on SQLite. Opening one takes
1 to 2 ms: the web server keeps those of the shops that sell, and what walks through all shops keeps few."""

BUILT_APP = Path(__file__).parent.parent / "web" / "static"
"""Where `make run` puts the browser app; AISALES_STATIC names another place."""


@dataclass(frozen=True)
class Config:
    """Where things stand and whom to talk to. Paths are absolute; an empty address means that the service is absent."""

    data: Path
    control_url: str
    redis_url: str = ""
    mqtt_url: str = ""
    mqtt_admin_file: Path | None = None
    broker_host: str = "127.0.0.1"
    broker_port: int = 1883
    broker_tls: bool = False
    sim_url: str = ""
    port: int = 8000
    secret: bytes = b""
    static: Path = BUILT_APP
    idle_connections: int = IDLE_CONNECTIONS
    threads_per_tenant: int = THREADS_PER_TENANT
    streams_at_most: int = STREAMS_AT_MOST
    limits_tries: bool = True
    """Whether tries at what could be guessed are limited by address; a proxy may do it in our place."""

    proxies: int = 0
    """How many proxies of ours stand before the web server; so many last addresses of X-Forwarded-For are theirs."""

    @property
    def tenants_folder(self) -> Path:
        """The root of the SQLite placement: `<last two hex digits>/<tenant id>/tenant.db` below it."""
        return self.data / "tenants"

    def in_background(self) -> "Config":
        """The same settings for a process that walks through the shops instead of serving them."""
        return dataclasses.replace(self, idle_connections=IDLE_IN_BACKGROUND)

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> "Config":
        """Read the settings. Raises KeyError without AISALES_DATA: business data has no default place."""
        data = Path(environment["AISALES_DATA"]).resolve()
        admin_file = environment.get("AISALES_MQTT_ADMIN_FILE")
        secret_file = environment.get("AISALES_SECRET_FILE")
        return cls(
            data=data,
            control_url=environment.get("AISALES_CONTROL_URL") or f"sqlite:///{data}/control.db",
            redis_url=environment.get("AISALES_REDIS_URL", ""),
            mqtt_url=environment.get("AISALES_MQTT_URL", ""),
            mqtt_admin_file=Path(admin_file) if admin_file else None,
            broker_host=environment.get("AISALES_BROKER_HOST", "127.0.0.1"),
            broker_port=int(environment.get("AISALES_BROKER_PORT", "1883")),
            broker_tls=environment.get("AISALES_BROKER_TLS", "") == "1",
            sim_url=environment.get("AISALES_SIM_URL", ""),
            port=int(environment.get("AISALES_PORT", "8000")),
            secret=Path(secret_file).read_bytes() if secret_file else b"",
            static=Path(environment.get("AISALES_STATIC") or BUILT_APP),
            limits_tries=environment.get("AISALES_LIMITS_TRIES", "1") != "0",
            proxies=int(environment.get("AISALES_PROXIES", "0")),
        )
