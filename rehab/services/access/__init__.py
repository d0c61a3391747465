"""Coming in: passwords, codes, links and sign-ins, and how often anybody may try.

`staff` and `patients` are what a page calls. Call them outside any transaction: they count a try
and close the transaction before they judge it, so that a refusal cannot take back its own count,
and so that no lock is held while a password is hashed.
"""
