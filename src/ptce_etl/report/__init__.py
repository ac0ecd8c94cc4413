"""Report: what readers see."""
