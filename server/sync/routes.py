"""The feed down. Facts go up in `push_routes.py`, on the same blueprint."""

import gzip
from typing import Any

import orjson
from flask import Response, request

from server.core import actor
from server.core.doors import access
from server.sync import bootstrap as first_day
from server.sync import feed, push_routes, snapshot
from server.sync.blueprint import blueprint
from server.sync.loaders.context import Receiver
from server.sync.schemas import BootstrapAnswer, BootstrapQuery, ChangesAnswer, ChangesQuery, SnapshotFile

__all__ = ["blueprint", "push_routes"]

FOR_EVER = "private, max-age=31536000, immutable"


@blueprint.route("/bootstrap")
@access("terminal")
@blueprint.arguments(BootstrapQuery, location="query")
@blueprint.response(200, BootstrapAnswer)
def bootstrap(query: dict[str, Any]) -> dict[str, Any]:
    """What a terminal is filled with on its first day"""
    return first_day.bootstrap(_receiver())


@blueprint.route("/snapshot/<int:cursor>.json")
@access("terminal")
@blueprint.response(200, SnapshotFile)
def show_snapshot(cursor: int) -> Response:
    """The catalogue as it was at a cursor, in columns"""
    found = snapshot.at(cursor, _receiver().branch_id)
    packed = found.path.read_bytes()
    takes_gzip = bool(request.accept_encodings["gzip"])
    response = Response(packed if takes_gzip else gzip.decompress(packed), mimetype="application/json")
    if takes_gzip:
        response.headers["Content-Encoding"] = "gzip"
    response.headers["Cache-Control"] = FOR_EVER
    response.headers["Vary"] = "Accept-Encoding, Cookie"
    return response


@blueprint.route("/changes")
@access("terminal")
@blueprint.arguments(ChangesQuery, location="query")
@blueprint.response(200, ChangesAnswer)
@blueprint.alt_response(410, "GONE")
def list_changes(query: dict[str, Any]) -> Response:
    """What changed since a cursor; 410 when that is too long ago"""
    page = feed.changes_since(query["cursor"], query["topics"], _receiver(), limit=query["limit"])
    return Response(orjson.dumps(page), mimetype="application/json")


def _receiver() -> Receiver:
    terminal_id = actor.current().terminal_id
    assert terminal_id is not None, "the door lets only terminals in"
    return feed.receiver(terminal_id)
