"""What the reference scripts share: reading the ratings, start values, writing JSON."""

import json
import random
from pathlib import Path

import numpy as np

HERE = Path(__file__).parent

TOY = [(0, 0, 2.0), (0, 2, 1.0), (1, 1, 4.0), (1, 2, 3.0), (2, 0, 1.0)]
"""The 3x3 table of the first chapters as (u, i, r): 2 - 1 / - 4 3 / 1 - -."""


def ratings():
    """The generated set as a list of (u, i, r), users and items counted from 0."""
    return [tuple(row) for row in json.loads((HERE / "ratings.json").read_text())["ratings"]]


def size(rows):
    """Number of users, number of items."""
    return max(u for u, _, _ in rows) + 1, max(i for _, i, _ in rows) + 1


def mean(rows):
    return sum(r for _, _, r in rows) / len(rows)


def normal(rng, n, f, sd=0.1):
    """An n by f matrix of normal numbers, each exactly representable in 32 bits."""
    draws = [[rng.gauss(0.0, sd) for _ in range(f)] for _ in range(n)]
    return np.array(draws).astype(np.float32).astype(np.float64)


def seeded(seed):
    return random.Random(seed)


def write(name, value):
    """Writes JSON with each list of numbers on a line of its own."""
    (HERE / name).write_text(_text(value, "") + "\n")


def _text(value, indent):
    if isinstance(value, np.ndarray):
        value = value.tolist()
    deeper = indent + " "
    if isinstance(value, dict):
        lines = [f"{deeper}{json.dumps(k)}: {_text(v, deeper)}" for k, v in value.items()]
        return "{\n" + ",\n".join(lines) + f"\n{indent}}}"
    if isinstance(value, list) and value and isinstance(value[0], (list, tuple, dict)):
        lines = [deeper + _text(v, deeper) for v in value]
        return "[\n" + ",\n".join(lines) + f"\n{indent}]"
    return json.dumps(value)
