"""Validate: what must hold before a candidate may become the latest."""
