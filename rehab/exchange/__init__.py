"""What leaves for other programs: a record and the library as FHIR, a calendar, counts."""
