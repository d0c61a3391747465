"""The demo's pages: what this is, and the phones of its patients. Only `rehab demo` serves them.

Nobody signs in here, so they must never stand beside a clinic's real patients.
"""

from flask import Flask

from rehab.web import skeleton
from rehab.web.demo import pages


def add_demo(app: Flask) -> None:
    """Serve the demo's pages from `app`."""
    if skeleton.blueprint.name not in app.blueprints:
        app.register_blueprint(skeleton.blueprint)
    app.register_blueprint(pages.blueprint)
