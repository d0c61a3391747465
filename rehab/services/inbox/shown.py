"""What somebody saw of an alert before they closed it: a tag that is another one once it says
more."""

from collections.abc import Iterable
from hashlib import blake2b

from rehab.models.alert import Alert
from rehab.models.message import InboundMessage


def tag_of(alert: Alert, texts: Iterable[InboundMessage]) -> str:
    """Of the level, the reasons and the unread texts. What is told of the clinic itself counts on
    while it is read, and so its words are left out."""
    about = alert.about if alert.patient_id else ""
    shown = f"{alert.level} {about} {sorted(str(text.id) for text in texts)}"
    return blake2b(shown.encode(), digest_size=12).hexdigest()
