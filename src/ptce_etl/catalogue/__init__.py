"""Catalogue: which sources there are, what they hold, and which call rounds are known."""
