"""Collect: bytes from the world into the archive; the only room that touches the network."""
