"""Texts out and in: their words, their alphabet, what is read from an answer, who carries them."""
