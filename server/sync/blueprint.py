"""The blueprint of all sync routes: `routes.py` (feed down) and `push_routes.py` (facts up) hang their views on it."""

from flask_smorest import Blueprint

blueprint = Blueprint("sync", __name__, url_prefix="/api/v1/sync", description="What a terminal exchanges")
