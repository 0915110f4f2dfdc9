"""The blueprint of what is not one module's."""

from flask_smorest import Blueprint

blueprint = Blueprint("web", __name__, url_prefix="/api/v1", description="Health, hints, flags")
