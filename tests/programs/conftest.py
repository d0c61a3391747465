"""How long hypothesis looks: 200 examples a property, or `--hypothesis-profile=long`."""

from hypothesis import HealthCheck, settings

settings.register_profile("modest", max_examples=200, deadline=None, database=None)
settings.register_profile(
    "long",
    max_examples=20_000,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow],
)

if settings.get_current_profile_name() in {"default", "ci"}:
    settings.load_profile("modest")
