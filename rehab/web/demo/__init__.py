"""The demo's pages: what this is, and the phones of its patients. Only `rehab demo` serves them.

Nobody signs in here, so they must never stand beside a clinic's real patients.
"""

from flask import Flask

from rehab.web.demo import doors, pages


def add_demo(app: Flask) -> None:
    """Serve the demo's pages from `app`."""
    app.register_blueprint(pages.blueprint)
    app.register_blueprint(doors.blueprint)
