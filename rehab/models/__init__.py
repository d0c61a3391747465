"""What is stored. One module a noun; rows know their own shape and nothing of requests."""
