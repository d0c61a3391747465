"""Virtual patients against the policy and against simple rules, the same people under each.

Nothing here speaks of real people. Pain follows published mean courses with the noise of real
diaries, and only the over-keen's pain answers to load (by an assumption of ours): so a run shows
how often rules move, hold and alert, never that one of them makes anybody better.
"""
