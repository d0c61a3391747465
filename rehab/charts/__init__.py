"""Charts: a plan's course drawn as SVG for whoever reads it, with a table that says the same.

A rating that was not given is a gap, 0 is a point on the line of 0, and nothing is drawn that was
not said. Standard library only: words, dates and facts are handed in.
"""
