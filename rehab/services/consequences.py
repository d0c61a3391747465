"""What follows when a text could not be delivered: the number is left alone, the clinic is told."""

from datetime import datetime

from rehab.models.message import OutboundMessage
from rehab.notifications.senders import Reason
from rehab.services import consent
from rehab.services.alerts import INFORMATION, REVIEW, open_alert

ABOUT = {
    Reason.OPTED_OUT: (INFORMATION, "The patient has opted out of texts with the provider."),
    Reason.BAD_NUMBER: (REVIEW, "Texts do not reach this number. Please check it."),
    Reason.BLOCKED: (REVIEW, "The phone company blocks texts to this number."),
    Reason.REFUSED: (REVIEW, "The provider refused a text. Please look at its error code."),
}
"""The level and the words of the alert that each reason opens."""

LEFT_ALONE = {Reason.OPTED_OUT: "provider", Reason.BAD_NUMBER: "bad_number"}
"""Why a number gets nothing more, by the reason for which a text to it failed."""


def of_failure(message: OutboundMessage, reason: Reason | None, now: datetime) -> None:
    """Leave the number alone and open an alert, as the reason demands."""
    if reason in LEFT_ALONE:
        consent.suppress(message.phone, LEFT_ALONE[reason], now)
    if reason is Reason.OPTED_OUT and message.patient.sms_consent:
        consent.revoke(message.patient, "provider", "provider", now)
    if reason in ABOUT:
        level, about = ABOUT[reason]
        open_alert(message.patient, f"text_{reason}", level, about, now)
