"""The two cookies of a browser: which terminal it is, who is signed in. No script reads them, no other host sets them.

They are set on whatever response the request in force ends with.
"""

from flask import Response, after_this_request, request

TERMINAL = "__Host-terminal"
SESSION = "__Host-session"
TERMINAL_LASTS_S = 400 * 86_400
"""As long as browsers keep a cookie at most; every sign-in on the terminal starts it anew."""


def sent(name: str) -> str | None:
    """The secret that the browser sent, or None."""
    return request.cookies.get(name) or None


def give(name: str, token: str, lasts_s: int) -> None:
    """Give a secret to the browser."""

    @after_this_request
    def put(response: Response) -> Response:
        response.set_cookie(name, token, max_age=lasts_s, path="/", secure=True, httponly=True, samesite="Lax")
        return response


def take_back(name: str) -> None:
    """Let the browser forget a secret."""

    @after_this_request
    def drop(response: Response) -> Response:
        response.delete_cookie(name, path="/", secure=True, httponly=True, samesite="Lax")
        return response


def renew_terminal() -> None:
    """Let a terminal that is in use stay paired."""
    token = sent(TERMINAL)
    if token is not None:
        give(TERMINAL, token, TERMINAL_LASTS_S)
