"""Geometry of the charts: numbers in, coordinates out; ``templates/charts`` draws them as SVG."""
