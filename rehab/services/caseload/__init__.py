"""A clinic's patients, sorted by who needs somebody first, and the step-ups that wait for a yes."""
