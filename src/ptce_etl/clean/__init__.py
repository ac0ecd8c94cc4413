"""Clean: what was written to what can be compared; the raw value always stays beside."""
