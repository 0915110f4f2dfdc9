"""Facts up, on the blueprint of the sync routes."""

import uuid
from typing import Any

import orjson
from flask import Response, request

from server.core import actor
from server.core.doors import access
from server.core.errors import Trouble
from server.core.schemas import Problem
from server.sync import push as judge
from server.sync import rebooking
from server.sync import reconcile as comparison
from server.sync.blueprint import blueprint, sent_at
from server.sync.envelope import checked
from server.sync.push_schemas import BYTES_AT_MOST, BookedAnswer, PushAnswer, PushBody, ReconcileAnswer, ReconcileBody

PROBLEM = {"schema": Problem, "content_type": "application/problem+json"}


class TooLarge(Trouble):
    """A push holds at most 512 kB; send fewer operations at once."""

    status = 413
    code = "too_large"


@blueprint.route("/push", methods=["POST"])
@access("terminal", own_transaction=True)
@blueprint.arguments(PushBody())
@blueprint.response(200, PushAnswer)
@blueprint.alt_response(413, **PROBLEM)
@blueprint.alt_response(503, **PROBLEM)
def push(body: dict[str, Any]) -> Response:
    """Bring finished operations: sales, shifts, cash moves, till events, open orders"""
    if len(request.get_data(cache=True)) > BYTES_AT_MOST:
        raise TooLarge(params={"bytes": BYTES_AT_MOST})
    operations = checked(body["ops"], request.get_json()["ops"])
    answer = judge.push(_terminal_id(), operations, sent_at=sent_at())
    return Response(orjson.dumps(answer), mimetype="application/json")


@blueprint.route("/reconcile", methods=["POST"])
@access("terminal")
@blueprint.arguments(ReconcileBody)
@blueprint.response(200, ReconcileAnswer)
def reconcile(body: dict[str, Any]) -> dict[str, Any]:
    """Compare what both sides hold of a shift"""
    return comparison.reconcile(_terminal_id(), body.pop("shift_id"), **body)


@blueprint.route("/rejected/<uuid:operation_id>/book", methods=["POST"])
@access("person", right="flags.settle")
@blueprint.response(200, BookedAnswer)
@blueprint.alt_response(409, **PROBLEM)
@blueprint.alt_response(422, **PROBLEM)
def book_rejected(operation_id: uuid.UUID) -> dict[str, Any]:
    """Book an operation that was rejected, because a person has looked at it"""
    return rebooking.book_rejected(operation_id)


def _terminal_id() -> int:
    terminal_id = actor.current().terminal_id
    assert terminal_id is not None, "the door lets only terminals in"
    return terminal_id
