"""The WSGI entry point, for any server that speaks it."""

from rehab import create_app

app = create_app()
