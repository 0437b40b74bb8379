"""Baselines from their formulas, in double precision -> baseline.json.

Means:        b_u = mean of u's ratings - mu, b_i = mean of i's ratings - mu.
Regularized:  minimize  sum (r - mu - b_u - b_i)^2 + lambda (sum b_u^2 + sum b_i^2),  mu the mean,
              solved as one dense linear system; Surprise's alternating solver must agree.
"""

import numpy as np
import surprise

from common import TOY, mean, ratings, size, write
from surprise_run import trainset

DATA = {"ratings": ratings(), "toy": TOY}
LAMBDAS = {"ratings": [0.1, 1.0, 5.0], "toy": [0.5, 1.0, 2.0]}


def design(rows):
    """One row a rating: a 1 for its user, a 1 for its item."""
    users, items = size(rows)
    x = np.zeros((len(rows), users + items))
    for n, (u, i, _) in enumerate(rows):
        x[n, u] = x[n, users + i] = 1
    return x


def means(rows):
    users, _ = size(rows)
    x, d = design(rows), np.array([r for _, _, r in rows]) - mean(rows)
    b = x.T @ d / x.sum(axis=0)
    return {"mu": mean(rows), "b_u": b[:users], "b_i": b[users:]}


def regularized(rows, lam):
    users, _ = size(rows)
    x, d = design(rows), np.array([r for _, _, r in rows]) - mean(rows)
    b = np.linalg.solve(x.T @ x + lam * np.eye(x.shape[1]), x.T @ d)
    options = {"method": "als", "reg_u": lam, "reg_i": lam, "n_epochs": 5000}
    peer = surprise.BaselineOnly(options, verbose=False).fit(trainset(rows))
    assert np.allclose(b, np.concatenate([peer.bu, peer.bi]), rtol=0, atol=1e-10)
    objective = float(np.sum((d - x @ b) ** 2) + lam * b @ b)
    return {"mu": mean(rows), "b_u": b[:users], "b_i": b[users:], "objective": objective}


write(
    "baseline.json",
    {
        name: {
            "ratings": rows,
            "means": means(rows),
            "regularized": [{"lambda": lam} | regularized(rows, lam) for lam in LAMBDAS[name]],
        }
        for name, rows in DATA.items()
    },
)
