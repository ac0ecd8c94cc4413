"""Resolve: which listings name the same pole, why, and who said so."""
