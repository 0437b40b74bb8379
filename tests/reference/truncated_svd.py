"""Singular value decompositions of the filled matrix by numpy, in double precision -> truncated_svd.json.

For each fill the filled matrix is written down and handed to `numpy.linalg.svd`. With refilling: fill the
unrated cells with the present approximation, decompose, cut off and shrink the singular values by lambda,
and again, until nothing changes (softImpute as in Mazumder, Hastie, Tibshirani 2010, algorithm 1).
"""

import numpy as np

from common import mean, ratings, size, write

FACTORS = 4
ROWS = ratings()
USERS, ITEMS = size(ROWS)
R = np.full((USERS, ITEMS), np.nan)
for u, i, r in ROWS:
    R[u, i] = r
KNOWN = ~np.isnan(R)


def biases(sweeps=10, penalty=5.0):
    """mu, b_u, b_i by alternating regularized least squares, items first."""
    mu, b_u, b_i = mean(ROWS), np.zeros(USERS), np.zeros(ITEMS)
    for _ in range(sweeps):
        b_i = np.nansum(R - mu - b_u[:, None], axis=0) / (KNOWN.sum(axis=0) + penalty)
        b_u = np.nansum(R - mu - b_i, axis=1) / (KNOWN.sum(axis=1) + penalty)
    return mu, b_u, b_i


def fill(kind):
    """What stands in every cell before the ratings are written over it."""
    if kind == "zeros":
        return np.zeros((USERS, ITEMS))
    if kind == "item-means":
        return np.tile(np.nanmean(R, axis=0), (USERS, 1))
    mu, b_u, b_i = biases()
    return mu + b_u[:, None] + b_i


def decompose(x, f):
    """The first f singular triples; the sign is that for which the items' components sum up positive."""
    p, s, qt = np.linalg.svd(x, full_matrices=False)
    assert np.all(s[:-1] - s[1:] > 1e-3), "singular values too close to be told apart"
    signs = np.sign(qt.sum(axis=1))
    assert np.all(np.abs(qt.sum(axis=1)) > 1e-3), "a sign that is nearly undecided"
    return p[:, :f] * signs[:f], s[:f], (qt[:f] * signs[:f, None]).T, s


def plain(kind):
    x = np.where(KNOWN, R, fill(kind))
    p, s, q, spectrum = decompose(x, FACTORS)
    error = float(np.sum((x - (p * s) @ q.T) ** 2))
    # Eckart and Young: what is left is what was cut off.
    assert abs(error - np.sum(spectrum[FACTORS:] ** 2)) < 1e-9
    return {
        "fill": kind,
        "factors": FACTORS,
        "spectrum": spectrum,
        "p_u": p,
        "sigma": s,
        "q_i": q,
        "objective": error,
    }


def refilled(kind, f, penalty):
    z = fill(kind)
    for _ in range(200_000):
        p, s, qt = np.linalg.svd(np.where(KNOWN, R, z), full_matrices=False)
        s = np.maximum(s[:f] - penalty, 0.0)
        before, z = z, (p[:, :f] * s) @ qt[:f]
        if np.max(np.abs(z - before)) < 1e-12:
            break
    else:
        raise AssertionError("does not converge")
    e = (R - z)[KNOWN]
    return {
        "fill": kind,
        "factors": f,
        "lambda": penalty,
        "sigma": s,
        "predictions": z,
        "objective": float(e @ e + 2 * penalty * s.sum()),
    }


write(
    "truncated_svd.json",
    {
        "plain": [plain(kind) for kind in ("zeros", "item-means", "biases")],
        "refilled": [
            # With a penalty and room for every factor the minimum is one and the same from any fill.
            refilled("zeros", ITEMS, 2.0),
            refilled("biases", ITEMS, 2.0),
            refilled("item-means", 1, 0.0),
            refilled("biases", 2, 0.5),
        ],
    },
)
