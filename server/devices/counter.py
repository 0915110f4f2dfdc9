"""The way to a demo's virtual hardware: what comes below `/devices/counter/` goes to AISALES_SIM_URL, if set."""

import urllib.error
import urllib.request
from email.message import Message
from urllib.parse import quote

from flask import Response, request

from server.core.errors import NotFound, Trouble
from server.core.tenant import config

TIMEOUT_S = 5.0
ANSWER_AT_MOST = 16 * 1024 * 1024
PLAIN = "=&%+/:;,@!$'()*~?"
"""What may stand in a query as it came; anything else is written by its bytes."""

PASSED_HEADERS = ("Content-Type", "Cache-Control", "ETag")


class CounterAway(Trouble):
    """The virtual hardware does not answer."""

    status = 503
    code = "counter_away"


def pass_on(path: str) -> Response:
    """Ask the virtual hardware and hand its answer on. Raises NotFound without one, CounterAway."""
    base = config().sim_url
    if not base:
        raise NotFound("there is no virtual hardware here")
    query = f"?{quote(request.query_string, safe=PLAIN)}" if request.query_string else ""
    asked = urllib.request.Request(
        f"{base.rstrip('/')}/{quote(path)}{query}",
        data=request.get_data() if request.method == "POST" else None,
        headers={"Content-Type": request.content_type or "application/json"},
        method=request.method,
    )
    try:
        with urllib.request.urlopen(asked, timeout=TIMEOUT_S) as answer:
            return _response(answer.status, answer.headers, answer.read(ANSWER_AT_MOST))
    except urllib.error.HTTPError as error:
        return _response(error.code, error.headers, error.read(ANSWER_AT_MOST))
    except (urllib.error.URLError, OSError) as error:
        raise CounterAway(headers={"Retry-After": "1"}) from error


def _response(status: int, headers: Message, body: bytes) -> Response:
    response = Response(body, status=status)
    for name in PASSED_HEADERS:
        value = headers.get(name)
        if value is not None:
            response.headers[name] = value
    return response
