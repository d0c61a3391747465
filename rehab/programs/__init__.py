"""The rules: programs, doses, progression and safety, as pure functions over frozen values.

Nothing here knows a row, a request, a clock or the network; `now`, days and logs are handed in.
Only `library`, which reads the files, speaks YAML and marshmallow.
"""
