"""What waits in a clinic until a person closes it: alerts, and texts that want reading."""
