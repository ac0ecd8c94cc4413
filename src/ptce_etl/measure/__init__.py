"""Measure: counts, growth, coverage, and verdicts on published claims."""
