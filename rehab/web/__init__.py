"""The pages that people see."""

from flask import Flask

from rehab.web import calendar_feed, health, metrics, skeleton
from rehab.web.desk import add_desk
from rehab.web.figures import add_figures
from rehab.web.patient import add_patient
from rehab.web.sign_in import add_sign_in


def add_pages(app: Flask) -> None:
    """Serve the pages of every server; the demo adds its own."""
    app.register_blueprint(skeleton.blueprint)
    app.register_blueprint(health.blueprint)
    metrics.add_metrics(app)
    app.register_blueprint(calendar_feed.blueprint)
    add_figures(app)
    add_sign_in(app)
    add_patient(app)
    add_desk(app)
