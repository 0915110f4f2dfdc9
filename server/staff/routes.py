"""Signing in, approvals, people and roles over HTTP."""

from typing import Any

from flask_smorest import Blueprint

from server.core import actor
from server.core.doors import access
from server.core.limits import Rate
from server.staff import operations, queries, signing, views
from server.staff.schemas import (
    ApproveAnswer,
    ApproveBody,
    MeAnswer,
    OfferedRights,
    PeopleAnswer,
    PeopleQuery,
    PersonAnswer,
    PersonBody,
    PersonChange,
    PinBody,
    RoleAnswer,
    RoleBody,
    RoleChange,
    RolesAnswer,
    SignInAnswer,
    SignInBody,
)

blueprint = Blueprint("staff", __name__, url_prefix="/api/v1/staff", description="People, roles, signing in")

SIGN_INS = Rate(at_once=40, per_minute=40)
"""All tills of a shop may stand behind one address: this is for a morning, not for a guesser of millions."""


@blueprint.route("/sign-in", methods=["POST"])
@access("anyone", own_transaction=True, rate=SIGN_INS)
@blueprint.arguments(SignInBody)
@blueprint.response(200, SignInAnswer)
@blueprint.alt_response(401, "UNAUTHORIZED")
@blueprint.alt_response(429, "TOO_MANY_REQUESTS")
def sign_in(body: dict[str, Any]) -> dict[str, Any]:
    """Sign in by PIN on a paired terminal, or by e-mail and password"""
    return signing.sign_in(body)


@blueprint.route("/sign-out", methods=["POST"])
@access("anyone")
@blueprint.response(204)
def sign_out() -> None:
    """End the session of this browser, if there is one"""
    signing.sign_out()


@blueprint.route("/me")
@access("terminal_or_person")
@blueprint.response(200, MeAnswer)
def show_me() -> dict[str, Any]:
    """Who acts: the person signed in, and the terminal that this browser is"""
    return signing.me()


@blueprint.route("/approve", methods=["POST"])
@access("terminal", own_transaction=True, rate=SIGN_INS)
@blueprint.arguments(ApproveBody)
@blueprint.response(200, ApproveAnswer)
@blueprint.alt_response(429, "TOO_MANY_REQUESTS")
def approve(body: dict[str, Any]) -> dict[str, Any]:
    """Let another person approve one thing by PIN, on the spot"""
    return {"approved_by": signing.approve(**body)}


@blueprint.route("/people")
@access("person", right="staff.manage")
@blueprint.arguments(PeopleQuery, location="query")
@blueprint.response(200, PeopleAnswer)
def list_people(query: dict[str, Any]) -> dict[str, Any]:
    """People who work here, or who left"""
    rows, following = queries.people(**query)
    return {"rows": views.people(rows), "next": following}


@blueprint.route("/people", methods=["POST"])
@access("person", right="staff.manage")
@blueprint.arguments(PersonBody)
@blueprint.response(201, PersonAnswer)
def create_person(body: dict[str, Any]) -> dict[str, Any]:
    """Take someone on"""
    return views.person(operations.create_person(roles=views.role_pairs(body.pop("roles")), **body))


@blueprint.route("/people/<int:person_id>")
@access("person", right="staff.manage")
@blueprint.response(200, PersonAnswer)
def show_person(person_id: int) -> dict[str, Any]:
    """One person"""
    return views.person(queries.person(person_id))


@blueprint.route("/people/<int:person_id>", methods=["PUT"])
@access("person", right="staff.manage")
@blueprint.arguments(PersonChange)
@blueprint.response(200, PersonAnswer)
def change_person(body: dict[str, Any], person_id: int) -> dict[str, Any]:
    """Change a person and all their roles"""
    roles = views.role_pairs(body.pop("roles"))
    return views.person(operations.change_person(queries.person(person_id), roles=roles, **body))


@blueprint.route("/people/<int:person_id>/pin", methods=["POST"])
@access("person", right="staff.manage")
@blueprint.arguments(PinBody)
@blueprint.response(204)
def set_pin(body: dict[str, Any], person_id: int) -> None:
    """Give someone a new PIN"""
    operations.set_pin(person_id, body["pin"])


@blueprint.route("/people/<int:person_id>/unlock", methods=["POST"])
@access("person", right="staff.manage")
@blueprint.response(204)
def unlock_person(person_id: int) -> None:
    """Let someone who is locked out try again"""
    operations.unlock(person_id)


@blueprint.route("/people/<int:person_id>/archive", methods=["POST"])
@access("person", right="staff.manage")
@blueprint.response(200, PersonAnswer)
def archive_person(person_id: int) -> dict[str, Any]:
    """Someone leaves"""
    return views.person(operations.archive_person(queries.person(person_id)))


@blueprint.route("/people/<int:person_id>/restore", methods=["POST"])
@access("person", right="staff.manage")
@blueprint.response(200, PersonAnswer)
def restore_person(person_id: int) -> dict[str, Any]:
    """Someone comes back"""
    return views.person(operations.restore_person(queries.person(person_id)))


@blueprint.route("/roles")
@access("person", right="staff.manage")
@blueprint.response(200, RolesAnswer)
def list_roles() -> dict[str, Any]:
    """Roles with their rights"""
    return {"rows": views.roles(queries.roles())}


@blueprint.route("/roles", methods=["POST"])
@access("person", right="staff.manage")
@blueprint.arguments(RoleBody)
@blueprint.response(201, RoleAnswer)
def create_role(body: dict[str, Any]) -> dict[str, Any]:
    """Make a role"""
    return views.role(operations.create_role(name=body["name"], rights=views.caps(body["rights"])))


@blueprint.route("/roles/<int:role_id>", methods=["PUT"])
@access("person", right="staff.manage")
@blueprint.arguments(RoleChange)
@blueprint.response(200, RoleAnswer)
def change_role(body: dict[str, Any], role_id: int) -> dict[str, Any]:
    """Change a role for all who hold it"""
    rights = views.caps(body["rights"])
    return views.role(operations.change_role(queries.role(role_id), name=body["name"], rights=rights, rev=body["rev"]))


@blueprint.route("/rights")
@access("person", right="staff.manage")
@blueprint.response(200, OfferedRights)
def list_rights() -> dict[str, Any]:
    """Every right that a role may carry"""
    return {"rows": [{"right": right.name, "capped": right.capped} for right in actor.offered()]}
