"""From profiles to weighed pairs, partition by partition: here on every core, or wherever a runner takes them.

A partition is a range of listings; it yields the pairs whose first listing is in it. Partitions do not depend on each
other, and their parts put together in order are what one pass over everything would give, to the byte.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import numpy as np

from ptce_etl.resolve.blocking import candidates, partitions
from ptce_etl.resolve.profiles import Profiles
from ptce_etl.resolve.scoring import Scores, score
from ptce_etl.resolve.tokens import Tokens, tokens_of
from ptce_etl.resolve.weights import Weights
from ptce_etl.workers import available

__all__ = ["Match", "Runner", "match", "on_threads", "weigh"]

_PART = 200_000  # pairs a task when pairs are given

Match = Callable[[tuple[int, int]], Scores]
Runner = Callable[[Match, list[tuple[int, int]]], list[Scores]]
"""Calls the function on every range and gives the results in order."""


def on_threads(task: Match, ranges: list[tuple[int, int]]) -> list[Scores]:
    """Run on the cores of this machine: the work is numpy's and SciPy's, which let other threads run meanwhile.

    As many threads as there are workers (:func:`ptce_etl.workers.available`): PTCE_WORKERS=1 is one at a time.
    """
    workers = available()
    if len(ranges) < 2 or workers < 2:
        return [task(one) for one in ranges]
    with ThreadPoolExecutor(workers) as pool:
        return list(pool.map(task, ranges))


def match(profiles: Profiles, weights: Weights, runner: Runner = on_threads) -> Scores:
    """Weigh all candidate pairs; those that are kept are the ones worth telling (see :func:`_kept`)."""
    tokens = tokens_of(profiles, weights)
    task = partial(match_partition, profiles, tokens, weights)
    return Scores.joined(runner(task, partitions(tokens)))


def match_partition(profiles: Profiles, tokens: Tokens, weights: Weights, part: tuple[int, int]) -> Scores:
    """The pairs of one partition that are worth telling."""
    pairs = candidates(profiles, tokens, *part, weights)
    starts = range(0, max(len(pairs), 1), _PART)
    found = [score(profiles, pairs[start : start + _PART], weights) for start in starts]
    return Scores.joined([scores.taken(_kept(scores, weights)) for scores in found])


def weigh(profiles: Profiles, pairs: np.ndarray, weights: Weights, runner: Runner = on_threads) -> Scores:
    """Weigh given ``pairs`` (n × 2), all kept."""
    ranges = [(start, min(start + _PART, len(pairs))) for start in range(0, max(len(pairs), 1), _PART)]
    return Scores.joined(runner(partial(_weigh_part, profiles, pairs, weights), ranges))


def _weigh_part(profiles: Profiles, pairs: np.ndarray, weights: Weights, part: tuple[int, int]) -> Scores:
    return score(profiles, pairs[part[0] : part[1]], weights)


def _kept(scores: Scores, weights: Weights) -> np.ndarray:
    """Pairs that are linked or a person's to decide, and those that look alike but cannot be one."""
    return (scores.weight >= weights.review) | (scores.veto & (scores.signals[:, 0] >= weights.looks_alike))
