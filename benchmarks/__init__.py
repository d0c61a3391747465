"""Measurements of the server, each beside its limit in the same run."""
