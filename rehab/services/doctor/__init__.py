"""The doctor: looks at a server from all sides, and says a line each of what it found."""
