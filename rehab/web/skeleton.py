"""What every page stands on: the base template and the one theme, served from here."""

from flask import Blueprint

blueprint = Blueprint(
    "web",
    "rehab.web",
    template_folder="templates",
    static_folder="static",
    static_url_path="/assets",
)
