"""Nonnegative matrix factorization from the formulas, in double precision -> nonnegative.json.

Multiplicative: in a pass, for each user b_u (with biases), then all p_uk at once; then items likewise.
SGD: rating by rating, cut at zero. Checked here: without biases against Surprise's NMF (whose epoch takes
all sums from the old values), and on a full table against scikit-learn's multiplicative solver.
"""

import numpy as np
import surprise
from sklearn.decomposition import NMF

from common import mean, normal, ratings, seeded, size, write
from surprise_run import trainset

FACTORS, PASSES, LAMBDA, LAMBDA_B = 3, 4, 0.1, 2.0
ROWS = ratings()
USERS, ITEMS = size(ROWS)

rng = seeded(7)
START = {"p_u": abs(normal(rng, USERS, FACTORS, 0.5)), "q_i": abs(normal(rng, ITEMS, FACTORS, 0.5))}
assert all((x > 0).all() for x in START.values())
R, KNOWN = np.zeros((USERS, ITEMS)), np.zeros((USERS, ITEMS), dtype=bool)
for u, i, value in ROWS:
    R[u, i], KNOWN[u, i] = value, True


def ratio(d, known, p, q, lam):
    """What each component of p is multiplied by: d is split into its positive and negative part."""
    product = np.where(known, p @ q.T, 0.0)
    up = np.where(known, np.maximum(d, 0.0), 0.0) @ q
    down = (product + np.where(known, np.maximum(-d, 0.0), 0.0)) @ q
    return up / (down + lam * known.sum(axis=1)[:, None] * p)


def half(r, known, biased, mu, b, p, c, q, lam, lam_b):
    if biased:
        rest = np.where(known, r - mu - c - p @ q.T, 0.0)
        b[:] = rest.sum(axis=1) / (known.sum(axis=1) + lam_b)
    d = r - mu - b[:, None] - c
    p *= ratio(d, known, p, q, lam)


def objective(r, known, mu, b_u, b_i, p, q, lam, lam_b):
    e = (r - mu - b_u[:, None] - b_i - p @ q.T)[known]
    users, items = known.sum(axis=1), known.sum(axis=0)
    vectors = users @ (p**2).sum(axis=1) + items @ (q**2).sum(axis=1)
    return float(e @ e + lam * vectors + lam_b * (b_u @ b_u + b_i @ b_i))


def multiplicative(biased, r=R, known=KNOWN, start=START, lam=LAMBDA, lam_b=LAMBDA_B, passes=PASSES):
    mu = r[known].mean() if biased else 0.0
    b_u, b_i = np.zeros(r.shape[0]), np.zeros(r.shape[1])
    p, q = start["p_u"].copy(), start["q_i"].copy()
    falling = [objective(r, known, mu, b_u, b_i, p, q, lam, lam_b)]
    states = []
    for _ in range(passes):
        half(r, known, biased, mu, b_u, p, b_i, q, lam, lam_b)
        falling.append(objective(r, known, mu, b_u, b_i, p, q, lam, lam_b))
        half(r.T, known.T, biased, mu, b_i, q, b_u, p, lam, lam_b)
        falling.append(objective(r, known, mu, b_u, b_i, p, q, lam, lam_b))
        state = {"b_u": b_u, "b_i": b_i, "p_u": p, "q_i": q}
        states.append({"objective": falling[-1]} | {name: x.tolist() for name, x in state.items()})
    assert all(after <= before for before, after in zip(falling, falling[1:])), falling
    return {"biased": biased, "mu": mu, "objective_before": falling[0], "passes": states}


def sgd(biased, gamma):
    mu = mean(ROWS) if biased else 0.0
    b_u, b_i = np.zeros(USERS), np.zeros(ITEMS)
    p, q = START["p_u"].copy(), START["q_i"].copy()
    n_u, n_i = KNOWN.sum(axis=1), KNOWN.sum(axis=0)
    cut = 0
    for _ in range(PASSES):
        for u, i, r in ROWS:
            e = r - mu - b_u[u] - b_i[i] - p[u] @ q[i]
            if biased:
                b_u[u] += gamma * (e - LAMBDA_B / n_u[u] * b_u[u])
                b_i[i] += gamma * (e - LAMBDA_B / n_i[i] * b_i[i])
            p_new = p[u] + gamma * (e * q[i] - LAMBDA * p[u])
            q_new = q[i] + gamma * (e * p[u] - LAMBDA * q[i])
            cut += (p_new < 0).sum() + (q_new < 0).sum()
            p[u], q[i] = np.maximum(p_new, 0.0), np.maximum(q_new, 0.0)
    return {"biased": biased, "gamma": gamma, "mu": mu, "cut": int(cut), "b_u": b_u, "b_i": b_i, "p_u": p, "q_i": q}


class Handing(np.random.RandomState):
    """Hands out our start values where Surprise draws its own."""

    def __init__(self, *matrices):
        super().__init__(0)
        self.matrices = list(matrices)

    def uniform(self, low, high, size):
        matrix = self.matrices.pop(0)
        assert matrix.shape == size
        return matrix.copy()


def check_surprise():
    """Surprise's epochs are ours with the items' ratios taken from the old p."""
    model = surprise.NMF(
        n_factors=FACTORS, n_epochs=PASSES, biased=False, reg_pu=LAMBDA, reg_qi=LAMBDA,
        random_state=Handing(START["p_u"], START["q_i"]),
    )
    model.fit(trainset(ROWS))
    p, q = START["p_u"].copy(), START["q_i"].copy()
    for _ in range(PASSES):
        of_p, of_q = ratio(R, KNOWN, p, q, LAMBDA), ratio(R.T, KNOWN.T, q, p, LAMBDA)
        p, q = p * of_p, q * of_q
    assert np.allclose(model.pu, p, rtol=1e-12) and np.allclose(model.qi, q, rtol=1e-12)


def full_table():
    """A table without holes by scikit-learn: alternating as ours, penalties of the same size."""
    draw = seeded(8)
    table = np.array([[float(draw.randint(1, 5)) for _ in range(6)] for _ in range(5)])
    start = {"p_u": START["p_u"][:5], "q_i": START["q_i"][:6]}
    model = NMF(
        n_components=FACTORS, init="custom", solver="mu", beta_loss="frobenius", tol=0.0,
        max_iter=PASSES, alpha_W=LAMBDA, alpha_H=LAMBDA, l1_ratio=0.0,
    )
    w = model.fit_transform(table, W=start["p_u"].copy(), H=start["q_i"].T.copy())
    ours = multiplicative(False, table, np.ones(table.shape, dtype=bool), start)["passes"][-1]
    assert np.allclose(ours["p_u"], w, rtol=1e-9) and np.allclose(ours["q_i"], model.components_.T, rtol=1e-9)
    rows = [[u, i, table[u, i]] for u in range(5) for i in range(6)]
    zero = {"b_u": [0.0] * 5, "b_i": [0.0] * 6}
    return {"ratings": rows, "start": start} | zero | {"p_u": w, "q_i": model.components_.T}


check_surprise()
write(
    "nonnegative.json",
    {
        "factors": FACTORS,
        "lambda": LAMBDA,
        "lambda_b": LAMBDA_B,
        "passes": PASSES,
        "start": START,
        "multiplicative": [multiplicative(False), multiplicative(True)],
        "sgd": [sgd(False, 0.05), sgd(True, 0.2)],
        "full": full_table(),
    },
)
