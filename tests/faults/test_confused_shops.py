"""A request names another shop than its address does, or a look-up was mixed up: the address decides, or nobody."""

import pytest

from fixtures.browser import Browser
from server.core import tenant
from server.core.doors import App
from server.core.tenant import Tenant
from server.tenants import provisioning
from tests.server.conftest import app, database, placement, shop

__all__ = ["app", "database", "placement", "shop"]

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True, scope="session")


@pytest.fixture
def other(app: App, shop: Tenant) -> Tenant:
    with app.app_context():
        return provisioning.create_database(f"{shop.slug}-other", "Other")


@pytest.mark.parametrize(
    "header",
    ["X-Forwarded-Host", "X-Original-Host", "X-Host", "Forwarded", "X-Tenant-Id", "X-Tenant", "X-AISales-Shop"],
)
def test_no_header_but_the_host_chooses_the_shop(app: App, shop: Tenant, other: Tenant, header: str) -> None:
    names = [f"{other.slug}.localhost", f"host={other.slug}.localhost", str(other.id), other.slug]

    answers = [
        app.test_client().get("/api/v1/staff/me", headers={"Host": f"{shop.slug}.localhost", header: name})
        for name in names
    ]

    assert {answer.headers["X-Tenant-Id"] for answer in answers} == {str(shop.id)}


@pytest.mark.parametrize(
    "host",
    [
        "{other}.{shop}.localhost",
        "{shop}.localhost.",
        "{shop}.localhost.example.com",
        "{shop}",
        "{shop}.localhost@{other}.localhost",
        "{shop}.localhost/{other}.localhost",
        "localhost",
        "",
    ],
)
def test_a_host_that_is_almost_a_shops_leads_to_none(app: App, shop: Tenant, other: Tenant, host: str) -> None:
    named = host.format(shop=shop.slug, other=other.slug)

    answer = app.test_client().get("/api/v1/staff/me", headers={"Host": named})

    assert answer.status_code in (400, 404)
    assert "X-Tenant-Id" not in answer.headers


def test_the_subdomain_of_one_shop_with_the_origin_of_another_changes_nothing(
    app: App, shop: Tenant, other: Tenant
) -> None:
    browser = Browser(app, shop)

    answer = browser.post(
        "/staff/sign-in", {"email": "a@b.example", "password": "x"}, Origin=f"https://{other.slug}.localhost"
    )

    assert (answer.status_code, answer.json["code"]) == (403, "forged_request")


def test_a_poisoned_look_up_is_not_believed(app: App, shop: Tenant, other: Tenant) -> None:
    with app.app_context():
        for name in (shop.slug, other.slug):
            tenant.tenant_of_host(f"{name}.localhost")
    seen = app.extensions["tenants_seen"]
    own, foreign = ("host", f"{shop.slug}.localhost"), ("host", f"{other.slug}.localhost")
    seen[own] = seen[foreign]

    answer = app.test_client().get("/api/v1/staff/me", headers={"Host": f"{shop.slug}.localhost"})

    assert answer.headers["X-Tenant-Id"] == str(shop.id)
