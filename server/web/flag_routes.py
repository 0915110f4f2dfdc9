"""Flags and rejected operations over HTTP."""

import uuid
from typing import Any

from server.core.doors import access
from server.web import flags
from server.web.blueprint import blueprint
from server.web.schemas import (
    FlagAnswer,
    FlagNote,
    FlagsAnswer,
    FlagsQuery,
    RejectedAnswer,
    RejectedPage,
    RejectedQuery,
)


@blueprint.route("/flags")
@access("person", right="flags.settle")
@blueprint.arguments(FlagsQuery, location="query")
@blueprint.response(200, FlagsAnswer)
def list_flags(query: dict[str, Any]) -> dict[str, Any]:
    """What was booked and waits for a person's look"""
    return flags.list_flags(**query)


@blueprint.route("/flags/<uuid:flag_id>/settle", methods=["POST"])
@access("person", right="flags.settle")
@blueprint.arguments(FlagNote)
@blueprint.response(200, FlagAnswer)
def settle_flag(body: dict[str, Any], flag_id: uuid.UUID) -> dict[str, Any]:
    """Say what was decided; the first settlement stands"""
    return flags.settle_flag(flag_id, **body)


@blueprint.route("/flags/rejected")
@access("person", right="flags.settle")
@blueprint.arguments(RejectedQuery, location="query")
@blueprint.response(200, RejectedPage)
def list_rejected(query: dict[str, Any]) -> dict[str, Any]:
    """Operations that could not be what they claimed, kept whole"""
    return flags.list_rejected(**query)


@blueprint.route("/flags/rejected/<uuid:operation_id>/settle", methods=["POST"])
@access("person", right="flags.settle")
@blueprint.arguments(FlagNote)
@blueprint.response(200, RejectedAnswer)
def settle_rejected(body: dict[str, Any], operation_id: uuid.UUID) -> dict[str, Any]:
    """Say what became of it; the first settlement stands"""
    return flags.settle_rejected(operation_id, **body)
