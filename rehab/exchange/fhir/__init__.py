"""A patient's record, and the library, as FHIR R4 (4.0.1; it also reads as R4B).

No profile is claimed. What has no code of a public system has one of ours under `codes.OURS`.
"""
