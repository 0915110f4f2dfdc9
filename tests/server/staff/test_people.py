"""People and roles: who may give which rights, who remains, and what the feed and the audit trail say of it."""

import sqlalchemy as sa

from fixtures.browser import Browser
from server.core import changes
from server.core.audit import Audit
from server.core.transaction import session
from server.staff import operations, queries
from server.staff.roles import DEFAULT_ROLES
from tests.server.staff.conftest import PINS, Inside, World, sign_in


def role_rows(world: World, *codes: str) -> list[dict[str, int]]:
    """Roles as a request names them."""
    return [{"role_id": world.roles[code]} for code in codes]


def deputy(owner: Browser, world: World) -> Browser:
    """Someone who may manage people but does not own the shop, signed in."""
    rights = [{"right": name} for name in ("staff.manage", "sale.ring")]
    rights.append({"right": "sale.discount_line", "cap_bp": 1000, "cap_minor": 1000})
    role = owner.post("/staff/roles", {"name": "Müavin", "rights": rights})
    assert role.status_code == 201, role.json
    body = {"name": "Müavin", "email": "deputy@market.example", "password": "bir uzun parol"}
    assert owner.post("/staff/people", body | {"roles": [{"role_id": role.json["id"]}]}).status_code == 201
    made = owner.another()
    made.post("/staff/sign-in", {"email": body["email"], "password": body["password"]})
    return made


def test_an_owner_takes_someone_on(owner: Browser, world: World) -> None:
    body = {"name": "Günel Şıxlı", "language": "ru", "pin": "9517", "roles": role_rows(world, "cashier")}

    answer = owner.post("/staff/people", body)

    assert answer.status_code == 201
    shown = owner.get(f"/staff/people/{answer.json['id']}").json
    assert shown == answer.json
    assert (shown["name"], shown["language"], shown["has_pin"], shown["has_password"]) == (
        "Günel Şıxlı",
        "ru",
        True,
        False,
    )
    assert shown["roles"] == [{"role_id": world.roles["cashier"], "branch_id": None}]
    assert "pin" not in answer.get_data(as_text=True).replace("has_pin", "")


def test_people_are_listed_in_the_order_of_the_alphabet_and_found_by_any_spelling(owner: Browser, world: World) -> None:
    names = [row["name"] for row in owner.get("/staff/people").json["rows"]]
    found = [row["name"] for row in owner.get("/staff/people", q="celebi eli").json["rows"]]

    assert names == ["Elnur Kərimzadə", "Əli Çələbi", "Nərgiz Səfərli"]
    assert found == ["Əli Çələbi"]


def test_people_come_by_pages(owner: Browser, world: World) -> None:
    first = owner.get("/staff/people", limit=2).json
    second = owner.get("/staff/people", limit=2, cursor=first["next"]).json

    assert [len(first["rows"]), len(second["rows"]), second["next"]] == [2, 1, None]


def test_a_cashier_and_a_manager_do_not_manage_people(till: Browser, world: World) -> None:
    for who in ("cashier", "manager"):
        sign_in(till, world, who)
        for path in ("/staff/people", "/staff/roles", "/staff/rights"):
            answer = till.get(path)
            assert (answer.status_code, answer.json["code"]) == (403, "not_allowed")


def test_a_terminal_without_a_person_and_nobody_do_not_either(till: Browser, browser: Browser) -> None:
    assert [till.get("/staff/people").status_code, browser.get("/staff/people").status_code] == [401, 401]


def test_a_change_on_an_older_state_is_refused(owner: Browser, world: World) -> None:
    path = f"/staff/people/{world.people['cashier']}"
    body = {"name": "Əli", "language": "az", "email": None, "roles": role_rows(world, "cashier")}
    rev = owner.get(path).json["rev"]
    assert owner.put(path, body | {"rev": rev}).status_code == 200

    answer = owner.put(path, body | {"rev": rev})

    assert (answer.status_code, answer.json["code"]) == (409, "changed_meanwhile")


def test_nobody_gives_rights_beyond_their_own(owner: Browser, world: World) -> None:
    manager_of_people = deputy(owner, world)

    to_other = manager_of_people.post("/staff/people", {"name": "Dost", "roles": role_rows(world, "owner")})
    new_role = {"name": "Böyük", "rights": [{"right": "stock.adjust"}]}
    wider = {"name": "Geniş", "rights": [{"right": "sale.discount_line", "cap_bp": 1001, "cap_minor": 1000}]}
    within = {"name": "Dar", "rights": [{"right": "sale.discount_line", "cap_bp": 1000, "cap_minor": 10}]}

    assert (to_other.status_code, to_other.json["code"]) == (403, "beyond_own_rights")
    assert manager_of_people.post("/staff/roles", new_role).json["code"] == "beyond_own_rights"
    assert manager_of_people.post("/staff/roles", wider).json["code"] == "beyond_own_rights"
    assert manager_of_people.post("/staff/roles", within).status_code == 201


def test_nobody_touches_someone_who_may_do_more(owner: Browser, world: World) -> None:
    manager_of_people = deputy(owner, world)
    path = f"/staff/people/{world.people['owner']}"
    change = {"name": "Mən", "language": "az", "email": "mine@market.example", "roles": []}

    answers = [
        manager_of_people.post(f"{path}/pin", {"pin": "1111"}),
        manager_of_people.put(path, change),
        manager_of_people.post(f"{path}/archive"),
        manager_of_people.put(f"/staff/roles/{world.roles['owner']}", {"name": "Yox", "rights": []}),
    ]

    assert [answer.json["code"] for answer in answers] == ["beyond_own_rights"] * 4


def test_someone_who_manages_people_always_remains(owner: Browser, world: World) -> None:
    path = f"/staff/people/{world.people['owner']}"
    change = {"name": "Nərgiz", "language": "az", "email": "owner@market.example", "roles": role_rows(world, "manager")}

    answers = [
        owner.post(f"{path}/archive"),
        owner.put(path, change),
        owner.put(f"/staff/roles/{world.roles['owner']}", {"name": "Sahibkar", "rights": [{"right": "sale.ring"}]}),
    ]

    assert [(answer.status_code, answer.json["code"]) for answer in answers] == [(409, "last_owner")] * 3
    assert owner.get(path).json["roles"] == [{"role_id": world.roles["owner"], "branch_id": None}]


def test_a_second_owner_sets_the_first_one_free_to_leave(owner: Browser, world: World) -> None:
    owner.post("/staff/people", {"name": "İkinci", "roles": role_rows(world, "owner")})

    answer = owner.post(f"/staff/people/{world.people['owner']}/archive")

    assert answer.status_code == 200
    assert owner.get("/staff/me").status_code == 401


def test_who_has_left_signs_in_no_more_and_may_come_back(owner: Browser, till: Browser, world: World) -> None:
    person = world.people["cashier"]
    owner.post(f"/staff/people/{person}/archive")

    gone = till.post("/staff/sign-in", {"person_id": person, "pin": PINS["cashier"]})
    listed = [row["id"] for row in owner.get("/staff/people", archived="true").json["rows"]]
    owner.post(f"/staff/people/{person}/restore")

    assert gone.json["code"] == "wrong_pin"
    assert listed == [person]
    sign_in(till, world, "cashier")


def test_a_new_pin_replaces_the_old_one(owner: Browser, till: Browser, world: World) -> None:
    person = world.people["cashier"]

    assert owner.post(f"/staff/people/{person}/pin", {"pin": "8642"}).status_code == 204

    assert till.post("/staff/sign-in", {"person_id": person, "pin": PINS["cashier"]}).status_code == 422
    assert till.post("/staff/sign-in", {"person_id": person, "pin": "8642"}).status_code == 200


def test_a_pin_has_four_to_six_digits(owner: Browser, world: World) -> None:
    path = f"/staff/people/{world.people['cashier']}/pin"

    for pin in ("123", "1234567", "12a4", "１２３４", ""):
        answer = owner.post(path, {"pin": pin})
        assert (answer.status_code, answer.json["errors"][0]["code"]) == (422, "not_a_pin")


def test_an_email_belongs_to_one_person(owner: Browser, world: World) -> None:
    answer = owner.post("/staff/people", {"name": "Başqası", "email": "OWNER@market.example"})

    assert (answer.status_code, answer.json["code"]) == (409, "email_taken")


def test_an_unknown_role_is_named_by_its_place(owner: Browser, world: World) -> None:
    answer = owner.post("/staff/people", {"name": "Kimsə", "roles": [*role_rows(world, "cashier"), {"role_id": 1}]})

    assert [(error["field"], error["code"]) for error in answer.json["errors"]] == [("roles.1.role_id", "unknown_role")]


def test_a_changed_role_is_news_about_everyone_who_holds_it(owner: Browser, world: World, inside: Inside) -> None:
    with inside():
        cursor = changes.head()

    rights = [{"right": "sale.ring"}, {"right": "sale.return"}]
    answer = owner.put(f"/staff/roles/{world.roles['cashier']}", {"name": "Kassir", "rights": rights})

    assert answer.status_code == 200
    with inside():
        news, _ = changes.since(cursor, ["people"], branch_id=None, limit=10)
        (row,) = queries.person_rows([world.people["cashier"]])
        assert [(change.kind, int(change.id)) for change in news] == [("person", world.people["cashier"])]
        assert news[0].rev == queries.person(world.people["cashier"]).rev
    assert [right["right"] for right in row["rights"]] == ["sale.return", "sale.ring"]


def test_two_roles_let_one_go_as_far_as_the_wider(inside: Inside, world: World) -> None:
    with inside():
        roles = [(world.roles["cashier"], None), (world.roles["manager"], world.branch_id)]
        person = operations.create_person(name="İki", roles=roles)

        here = queries.rights_of([person.id], branch_id=world.branch_id)[person.id]
        elsewhere = queries.rights_of([person.id], branch_id=world.other_branch_id)[person.id]

    assert here["sale.discount_line"].bp is None
    assert elsewhere["sale.discount_line"].bp == 500
    assert "sale.return" not in elsewhere


def test_the_feed_row_of_a_person_holds_no_secret(inside: Inside, world: World) -> None:
    with inside():
        rows = queries.person_rows()

    assert {key for row in rows for key in row} == {"id", "name", "language", "rights", "archived"}
    assert [row["name"] for row in rows] == ["Elnur Kərimzadə", "Əli Çələbi", "Nərgiz Səfərli"]


def test_every_right_of_the_default_roles_is_offered_once_its_module_is_there(owner: Browser) -> None:
    offered = {row["right"]: row["capped"] for row in owner.get("/staff/rights").json["rows"]}

    assert set(offered) == set(DEFAULT_ROLES["owner"])
    assert {name for name, capped in offered.items() if capped} == {
        "sale.discount_line",
        "sale.discount_sale",
        "sale.price",
    }


def test_a_right_without_a_limit_takes_none(owner: Browser) -> None:
    body = {"name": "Yeni", "rights": [{"right": "sale.ring", "cap_bp": 100}]}

    assert owner.post("/staff/roles", body).json["errors"][0]["code"] == "right_without_cap"


def test_what_people_did_is_in_the_audit_trail_without_secrets(owner: Browser, world: World, inside: Inside) -> None:
    owner.post("/staff/people", {"name": "Yeni", "pin": "5566", "password": "yaxşı parol 55"})
    owner.post(f"/staff/people/{world.people['cashier']}/pin", {"pin": "5567"})

    with inside():
        rows = session().scalars(sa.select(Audit).where(Audit.actor_id == world.people["owner"])).all()
        told = [(row.verb, row.actor_kind) for row in rows]
        said = str([(row.before, row.after) for row in rows])
    assert told == [("create_person", "person"), ("set_pin", "person")]
    assert "556" not in said
    assert "parol" not in said


def test_the_command_gives_a_new_password_and_opens_the_lock(browser: Browser, world: World, inside: Inside) -> None:
    for _ in range(5):
        browser.post("/staff/sign-in", {"email": "owner@market.example", "password": "falsch"})

    with inside():
        password = operations.reset_password("Owner@market.example")

    body = {"email": "owner@market.example", "password": password}
    assert browser.post("/staff/sign-in", body).status_code == 200
