"""The outlines of the departments: read from the vendored topology, projected, thinned, as SVG paths.

Mainland France is drawn in Lambert's conic projection with the two parallels that IGN uses (44°, 49°). Each overseas
department has a box of its own, and Paris with its first ring a magnified one. Neighbours share their arcs, so that
thinning an arc leaves no gap between them.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from math import cos, log, pi, radians, sin, tan
from typing import Any

from ptce_etl.reference import resource
from ptce_etl.report.charts.scale import Point, xy

__all__ = ["HEIGHT", "PARIS", "WIDTH", "Frame", "Outline", "frames", "place"]

WIDTH, HEIGHT = 620.0, 590.0
PARIS = ("75", "92", "93", "94")
_MAIN = (64.0, 8.0, 548.0, 500.0)  # x, y, width, height of mainland France with Corsica
_BOXES = {"971": 0, "972": 1, "973": 2, "974": 3, "976": 4}
_TOLERANCE = 0.6  # pixels that a thinned line may be off
Project = Callable[[float, float], Point]


@dataclass(frozen=True, slots=True)
class Outline:
    """A department in a frame: its code and the ``d`` of its path."""

    code: str
    d: str


@dataclass(frozen=True, slots=True)
class Frame:
    """A part of the map. ``key`` is "main", "paris" or an overseas department; ``box`` is x, y, width and height."""

    key: str
    box: tuple[float, float, float, float]
    outlines: tuple[Outline, ...]
    project: Project


@cache
def frames() -> tuple[Frame, ...]:
    """Every part of the map, mainland first."""
    arcs, shapes = _topology()
    mainland = [code for code in shapes if len(code) == 2]
    made = [_frame("main", _MAIN, mainland, arcs, shapes)]
    side = 94.0
    made.append(_frame("paris", (8, 8, 104, 104), list(PARIS), arcs, shapes, margin=7, inside=True))
    gap = (500 - 5 * side) / 4  # Corsica stands to the right of them
    for code, position in _BOXES.items():
        box = (8 + position * (side + gap), HEIGHT - side - 8, side, side - 16)
        made.append(_frame(code, box, [code], arcs, shapes, margin=7))
    return tuple(made)


def place(code: str, longitude: float, latitude: float) -> list[tuple[str, Point]]:
    """Where a point of department ``code`` stands, in each frame that shows it; nowhere when it is far outside."""
    found = []
    for frame in frames():
        if code in {outline.code for outline in frame.outlines}:
            x, y = frame.project(longitude, latitude)
            left, top, width, height = frame.box
            if left - 6 <= x <= left + width + 6 and top - 6 <= y <= top + height + 6:
                found.append((frame.key, (round(x, 1), round(y, 1))))
    return found


def _topology() -> tuple[list[list[Point]], dict[str, list[list[list[int]]]]]:
    """Arcs as longitudes and latitudes; department → polygons → rings → arc numbers."""
    raw: dict[str, Any] = json.loads(resource("dept_topo.json").read_text(encoding="utf-8"))
    scale, shift = raw["transform"]["scale"], raw["transform"]["translate"]
    arcs = []
    for arc in raw["arcs"]:
        x = y = 0
        points = []
        for dx, dy in arc:
            x, y = x + dx, y + dy
            points.append((x * scale[0] + shift[0], y * scale[1] + shift[1]))
        arcs.append(points)
    (layer,) = raw["objects"].values()
    shapes = {
        one["properties"]["code"]: [one["arcs"]] if one["type"] == "Polygon" else one["arcs"]
        for one in layer["geometries"]
    }
    return arcs, dict(sorted(shapes.items()))


def _frame(
    key: str,
    box: tuple[float, float, float, float],
    codes: list[str],
    arcs: list[list[Point]],
    shapes: dict[str, list[list[list[int]]]],
    *,
    margin: float = 0,
    inside: bool = False,
) -> Frame:
    project = _fit(box, margin, (_raw(arcs, shapes, codes)))
    drawn: dict[int, list[Point]] = {}

    def arc(number: int) -> list[Point]:
        index = number if number >= 0 else ~number
        if index not in drawn:
            drawn[index] = _thin([project(*point) for point in arcs[index]])
        return drawn[index] if number >= 0 else drawn[index][::-1]

    outlines = tuple(Outline(code, _d(shapes[code], arc)) for code in codes)
    return Frame(key, box, outlines, project)


def _raw(arcs: list[list[Point]], shapes: dict[str, list[list[list[int]]]], codes: list[str]) -> list[Point]:
    numbers = {n if n >= 0 else ~n for code in codes for polygon in shapes[code] for ring in polygon for n in ring}
    return [_lambert(*point) for number in sorted(numbers) for point in arcs[number]]


def _fit(box: tuple[float, float, float, float], margin: float, points: list[Point]) -> Project:
    left, top, width, height = box
    xs, ys = [x for x, _ in points], [y for _, y in points]
    scale = min((width - 2 * margin) / (max(xs) - min(xs)), (height - 2 * margin) / (max(ys) - min(ys)))
    x0 = left + width / 2 - scale * (max(xs) + min(xs)) / 2
    y0 = top + height / 2 + scale * (max(ys) + min(ys)) / 2

    def project(longitude: float, latitude: float) -> Point:
        x, y = _lambert(longitude, latitude)
        return x0 + scale * x, y0 - scale * y

    return project


_N = log(cos(radians(44)) / cos(radians(49))) / log(tan(pi / 4 + radians(49) / 2) / tan(pi / 4 + radians(44) / 2))
_F = cos(radians(44)) * tan(pi / 4 + radians(44) / 2) ** _N / _N


def _lambert(longitude: float, latitude: float) -> Point:
    """Lambert's conformal conic near France; far from it, longitudes as the cosine of the latitude has them."""
    if not (41 <= latitude <= 52 and -6 <= longitude <= 10):
        return radians(longitude) * cos(radians(latitude)), radians(latitude)
    rho = _F / tan(pi / 4 + radians(latitude) / 2) ** _N
    angle = _N * radians(longitude - 3)
    return rho * sin(angle), -rho * cos(angle)


def _thin(points: list[Point]) -> list[Point]:
    """Douglas and Peucker's thinning; the ends stay, so that arcs still meet."""
    if len(points) < 3:
        return points
    (x1, y1), (x2, y2) = points[0], points[-1]
    length = ((x2 - x1) ** 2 + (y2 - y1) ** 2) ** 0.5

    def off(point: Point) -> float:
        x, y = point
        if length < 1e-9:
            return float(((x - x1) ** 2 + (y - y1) ** 2) ** 0.5)
        return float(abs((x2 - x1) * (y1 - y) - (x1 - x) * (y2 - y1)) / length)

    far = max(range(1, len(points) - 1), key=lambda n: off(points[n]))
    if off(points[far]) <= _TOLERANCE:
        return [points[0], points[-1]]
    return [*_thin(points[: far + 1])[:-1], *_thin(points[far:])]


def _d(polygons: Iterable[list[list[int]]], arc: Callable[[int], list[Point]]) -> str:
    parts = []
    for polygon in polygons:
        for ring in polygon:
            points: list[Point] = []
            for number in ring:
                points += arc(number)[bool(points) :]
            parts.append(_ring(points))
    return "".join(parts)


def _ring(points: list[Point]) -> str:
    """A closed ring in relative steps of a tenth of a pixel; a point that rounds onto the one before is left out."""
    x0, y0 = round(points[0][0], 1), round(points[0][1], 1)
    text, x, y = f"M{xy(x0)} {xy(y0)}l", x0, y0
    steps = []
    for px, py in points[1:-1]:
        nx, ny = round(px, 1), round(py, 1)
        if (nx, ny) != (x, y):
            steps.append(f"{xy(nx - x)} {xy(ny - y)}")
            x, y = nx, ny
    return text + " ".join(steps).replace("-0 ", "0 ").replace(" -", "-") + "z" if steps else ""
