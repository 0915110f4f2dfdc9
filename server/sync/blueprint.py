"""The blueprint of all sync routes: `routes.py` (feed down) and `push_routes.py` (facts up) hang their views on it.

Every answer says what the server's clock shows. A terminal counts on from there by its monotonic clock and says with a
push what the server's clock showed at least when it was sent, so the server knows how long a push was under way, and
no drawer opens late because of the network. Neither side's wall clock is asked.
"""

from flask import Response, request
from flask_smorest import Blueprint

from server.core import clock

NOW_HEADER = "X-AISales-Now"
SENT_HEADER = "X-AISales-Sent-At"
DIGITS_AT_MOST = 15

blueprint = Blueprint("sync", __name__, url_prefix="/api/v1/sync", description="What a terminal exchanges")


@blueprint.after_request
def tell_time(response: Response) -> Response:
    """Milliseconds UTC, in every answer."""
    response.headers[NOW_HEADER] = str(clock.now_ms())
    return response


def sent_at() -> int | None:
    """What the server's clock showed at least when the terminal sent this request; None where it does not know."""
    told = request.headers.get(SENT_HEADER, "")
    return int(told) if told.isascii() and told.isdigit() and len(told) <= DIGITS_AT_MOST else None
