"""The pages that people see."""

from flask import Flask

from rehab.web import health


def add_pages(app: Flask) -> None:
    """Serve the pages of every server; the demo adds its own."""
    app.register_blueprint(health.blueprint)
