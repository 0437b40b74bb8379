"""Neighborhood models from their formulas, in double precision -> neighbors.json.

Baseline:      SWEEPS of alternating least squares, items first, with LAMBDA.
Similarities:  s_ij = n / (n + lambda_2) rho_ij over those who rated both, where at least SUPPORT did;
               only positive ones count.
Predictions:   b_ui + sum s^p e / (lambda_3 + sum s^p) over the k most similar that are rated.
Interpolation: A theta = b from shrunk mean products of residuals; nonnegative by scipy's nnls.
"""

import numpy as np
from scipy.optimize import nnls

from common import mean, ratings, size, write

LAMBDA, SWEEPS, LAMBDA_2, SUPPORT = 5.0, 10, 4.0, 3
K, BETA = 4, 3.0

rows = ratings()
users, items = size(rows)
r = np.full((users, items), np.nan)
for u, i, value in rows:
    r[u, i] = value
mu = mean(rows)
known = ~np.isnan(r)

b_u, b_i = np.zeros(users), np.zeros(items)
for _ in range(SWEEPS):
    rest = np.where(known, r - mu - b_u[:, None], 0)
    b_i = rest.sum(axis=0) / (known.sum(axis=0) + LAMBDA)
    rest = np.where(known, r - mu - b_i[None, :], 0)
    b_u = rest.sum(axis=1) / (known.sum(axis=1) + LAMBDA)
base = mu + b_u[:, None] + b_i[None, :]
residual = r - base


def rho(measure, x, y):
    if measure == "pearson":
        x, y = x - x.mean(), y - y.mean()
    if measure == "msd":
        return 1 / (1 + np.mean((x - y) ** 2))
    norm = np.sqrt((x @ x) * (y @ y))
    return x @ y / norm if norm > 1e-9 else 0.0


def similarities(measure, table):
    """s between the columns of a table with holes."""
    n = table.shape[1]
    s = np.zeros((n, n))
    for i in range(n):
        for j in range(n):
            both = ~np.isnan(table[:, i]) & ~np.isnan(table[:, j])
            count = both.sum()
            if i != j and count >= SUPPORT:
                s[i, j] = count / (count + LAMBDA_2) * rho(measure, table[both, i], table[both, j])
    return np.where(s > 0, s, 0)


def neighbors(s, i, rated, k):
    """The k most similar to i of those rated."""
    candidates = [j for j in range(len(s)) if s[i, j] > 0 and rated[j]]
    return sorted(candidates, key=lambda j: (-s[i, j], j))[:k]


def predictions(s, e, b, k, power, lambda_3):
    """e and b: one row a rater, one column for each of what s compares."""
    out = b.copy()
    for v in range(b.shape[0]):
        for i in range(b.shape[1]):
            near = neighbors(s, i, ~np.isnan(e[v]), k)
            w = np.array([s[i, j] ** power for j in near])
            if w.sum() + lambda_3 > 0:
                out[v, i] += sum(w * e[v, near]) / (w.sum() + lambda_3)
    return out


runs = []
for side in ["item", "user"]:
    for measure in ["pearson-baseline", "pearson", "cosine", "msd"]:
        flip = (lambda x: x) if side == "item" else (lambda x: x.T)
        s = similarities(measure, flip(residual if measure == "pearson-baseline" else r))
        for power, lambda_3 in [(1, 0.0), (2, 0.1), (1.5, 0.3)]:
            found = predictions(s, flip(residual), flip(base), K, power, lambda_3)
            runs.append(
                {
                    "model": f"{side}-knn",
                    "measure": measure,
                    "power": power,
                    "lambda_3": lambda_3,
                    "s": s,
                    "predictions": flip(found),
                }
            )

# Mean products over those who rated both, shrunk.
z = np.where(known, residual, 0)
sums, counts = z.T @ z, known.T.astype(float) @ known.astype(float)
pairs = [(z[u, i] * z[u, j]) for u in range(users) for i in range(items) for j in range(items)
         if i != j and known[u, i] and known[u, j]]
mean_product = np.mean(pairs)
mean_square = np.mean(residual[known] ** 2)
shrunk = (sums + BETA * mean_product) / (counts + BETA)
diagonal = (np.diag(sums) + BETA * mean_square) / (np.diag(counts) + BETA)
a_hat = shrunk - np.diag(np.diag(shrunk)) + np.diag(diagonal)

s = similarities("pearson-baseline", residual)
cases = []
any_all, nonnegative_all = base.copy(), base.copy()
for u in range(users):
    for i in range(items):
        near = neighbors(s, i, known[u], K)
        if not near:
            continue
        a, b = a_hat[np.ix_(near, near)], shrunk[i, near]
        assert np.linalg.eigvalsh(a)[0] > 1e-3
        theta = np.linalg.solve(a, b)
        low = np.linalg.cholesky(a)
        least, _ = nnls(low.T, np.linalg.solve(low, b))
        any_all[u, i] += theta @ residual[u, near]
        nonnegative_all[u, i] += least @ residual[u, near]
        cases.append({"u": u, "i": i, "neighbors": near, "matrix": a, "right": b,
                      "any": theta, "nonnegative": least})
assert any((case["any"] < 0).any() for case in cases)

write(
    "neighbors.json",
    {
        "lambda": LAMBDA,
        "lambda_2": LAMBDA_2,
        "support": SUPPORT,
        "k": K,
        "beta": BETA,
        "mu": mu,
        "b_u": b_u,
        "b_i": b_i,
        "runs": runs,
        "interpolation": {
            "cases": cases,
            "any": any_all,
            "nonnegative": nonnegative_all,
        },
    },
)
