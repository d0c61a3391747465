"""The shape of the key in a reminder's link, so that no other address is taken for one."""

from werkzeug.routing import BaseConverter

from rehab.services.access.links import BASE58, REMINDER_LENGTH


class Capability58(BaseConverter):
    """Nine characters of base58, and nothing else."""

    regex = f"[{BASE58}]{{{REMINDER_LENGTH}}}"
