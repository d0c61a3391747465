"""The text that an act on a plan would send to the patient, shown before it is done."""

from rehab.models.plan import Plan
from rehab.notifications.messages import render
from rehab.programs.library import Library
from rehab.services.consent import is_suppressed

LINK = "(link)"
"""In the place of the link, which is made when the text leaves."""


def takes_texts(plan: Plan) -> bool:
    """Whether a text would reach this patient."""
    return plan.patient.sms_consent and not is_suppressed(plan.patient.phone)


def text_to_come(plan: Plan, template: str, library: Library) -> str:
    """The text `template` in the patient's language, as they would read it."""
    patient = plan.patient
    texts = library.messages.get(patient.language, library.messages["en"])
    return render(
        texts,
        template,
        clinic=patient.clinic.name,
        name=patient.given_name,
        tel=patient.clinic.phone,
        link=LINK,
    )
