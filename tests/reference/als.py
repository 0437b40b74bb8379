"""Alternating least squares from the formulas, in double precision -> als.json.

One sweep: for each user b_u, then p_u; then for each item b_i, then q_i. Variants: "biased";
"plain" (no mu, no biases); "zeros" (no biases, and every unrated cell counts as a rating of 0).
"""

import numpy as np

from common import mean, normal, ratings, seeded, size, write

FACTORS, SWEEPS, LAMBDA = 3, 3, 0.5
ROWS = ratings()
USERS, ITEMS = size(ROWS)

rng = seeded(3)
START = {"p_u": normal(rng, USERS, FACTORS), "q_i": normal(rng, ITEMS, FACTORS)}


def ridge(a, t):
    """x = (a^T a + lambda I)^-1 a^T t; checked against least squares on the stacked system."""
    eye = np.eye(a.shape[1])
    x = np.linalg.solve(a.T @ a + LAMBDA * eye, a.T @ t)
    stacked = np.vstack([a, np.sqrt(LAMBDA) * eye]), np.concatenate([t, np.zeros(a.shape[1])])
    assert np.allclose(x, np.linalg.lstsq(*stacked, rcond=None)[0], rtol=0, atol=1e-12)
    return x


def half(r, known, mu, biased, b, p, c, q):
    """Solves b and p, row by row of r, with the other side's c and q held fixed."""
    for n, (row, seen) in enumerate(zip(r, known)):
        if biased:
            rest = row[seen] - mu - c[seen] - q[seen] @ p[n]
            b[n] = rest.sum() / (seen.sum() + LAMBDA)
        p[n] = ridge(q[seen], row[seen] - mu - b[n] - c[seen])


def objective(r, known, mu, b_u, b_i, p, q):
    e = (r - mu - b_u[:, None] - b_i - p @ q.T)[known]
    return float(e @ e + LAMBDA * sum(np.sum(x**2) for x in (b_u, b_i, p, q)))


def run(variant):
    biased = variant == "biased"
    mu = mean(ROWS) if biased else 0.0
    r, known = np.zeros((USERS, ITEMS)), np.full((USERS, ITEMS), variant == "zeros")
    for u, i, value in ROWS:
        r[u, i], known[u, i] = value, True
    b_u, b_i = np.zeros(USERS), np.zeros(ITEMS)
    p, q = START["p_u"].copy(), START["q_i"].copy()
    falling = [objective(r, known, mu, b_u, b_i, p, q)]
    sweeps = []
    for _ in range(SWEEPS):
        half(r, known, mu, biased, b_u, p, b_i, q)
        falling.append(objective(r, known, mu, b_u, b_i, p, q))
        half(r.T, known.T, mu, biased, b_i, q, b_u, p)
        falling.append(objective(r, known, mu, b_u, b_i, p, q))
        state = {"b_u": b_u, "b_i": b_i, "p_u": p, "q_i": q}
        sweeps.append({"objective": falling[-1]} | {name: x.tolist() for name, x in state.items()})
    assert all(after < before for before, after in zip(falling, falling[1:])), falling
    return {"variant": variant, "mu": mu, "objective_before": falling[0], "sweeps": sweeps}


write(
    "als.json",
    {
        "factors": FACTORS,
        "lambda": LAMBDA,
        "start": START,
        "runs": [run(variant) for variant in ("biased", "plain", "zeros")],
    },
)
