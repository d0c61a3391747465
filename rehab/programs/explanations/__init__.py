"""The reason for a decision in one plain sentence: with its numbers for the clinician, calm and
without them for the patient. A language is one more `Words` in `LANGUAGES`."""

from rehab.programs.explanations.sentences import (
    CAUSES,
    LANGUAGES,
    TOLD_BY,
    act_sentence,
    clinician_sentence,
    flag_sentence,
    patient_sentence,
    red_flag_sentence,
)
from rehab.programs.explanations.words import Words

__all__ = [
    "CAUSES",
    "LANGUAGES",
    "TOLD_BY",
    "Words",
    "act_sentence",
    "clinician_sentence",
    "flag_sentence",
    "patient_sentence",
    "red_flag_sentence",
]
