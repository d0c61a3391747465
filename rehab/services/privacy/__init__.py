"""What a person may ask about their data: to have it, or to have it gone; and how long it stays."""
