"""NSVD and Asymmetric-SVD from the formulas, in double precision -> asymmetric.json.

Every step sums over all items of the user and changes every x_j and y_j, as the formulas are written;
nothing is carried along from one rating of a user to the next. The baseline b~ of Asymmetric-SVD is the
alternating least squares of ten passes, first items, then users, with lambda 5.
"""

import numpy as np

from common import mean, normal, ratings, seeded, size, write

FACTORS, EPOCHS = 4, 3
ROWS = ratings()
USERS, ITEMS = size(ROWS)
MU = mean(ROWS)
RATED = [[(i, r) for v, i, r in ROWS if v == u] for u in range(USERS)]

rng = seeded(11)
START = {name: normal(rng, ITEMS, FACTORS) for name in ("q_i", "x_j", "y_j")}
# Someone new: three ratings of items that others rated.
NEW = [(0, 4.5), (3, 2.0), (7, 5.0)]


def baseline(lam=5.0, passes=10):
    b_u, b_i = np.zeros(USERS), np.zeros(ITEMS)
    for _ in range(passes):
        for i in range(ITEMS):
            rest = [r - MU - b_u[u] for u, j, r in ROWS if j == i]
            b_i[i] = sum(rest) / (len(rest) + lam)
        for u in range(USERS):
            b_u[u] = baseline_of(RATED[u], b_i, lam)
    return b_u, b_i


def baseline_of(rated, b_i, lam=5.0):
    return sum(r - MU - b_i[i] for i, r in rated) / (len(rated) + lam)


FROZEN_U, FROZEN_I = baseline()


def weights(rated, frozen_u, explicit):
    """The weight of each x_j and of each y_j in the user's vector."""
    norm = len(rated) ** -0.5
    if not explicit:
        return np.full(len(rated), norm), np.zeros(len(rated))
    rest = np.array([r - (MU + frozen_u + FROZEN_I[i]) for i, r in rated])
    return norm * rest, np.full(len(rated), norm)


def run(explicit, gamma, lam):
    b_u, b_i = np.zeros(USERS), np.zeros(ITEMS)
    q, x, y = (START[name].copy() for name in ("q_i", "x_j", "y_j"))
    for _ in range(EPOCHS):
        for u, i, r in ROWS:
            items = [j for j, _ in RATED[u]]
            of_x, of_y = weights(RATED[u], FROZEN_U[u], explicit)
            z = of_x @ x[items] + of_y @ y[items]
            e = r - MU - b_u[u] - b_i[i] - q[i] @ z
            q_old = q[i].copy()
            b_u[u] += gamma * (e - lam * b_u[u])
            b_i[i] += gamma * (e - lam * b_i[i])
            q[i] += gamma * (e * z - lam * q_old)
            x[items] += gamma * (e * np.outer(of_x, q_old) - lam * x[items])
            if explicit:
                y[items] += gamma * (e * np.outer(of_y, q_old) - lam * y[items])
    out = {"gamma": gamma, "lambda": lam, "mu": MU, "b_u": b_u, "b_i": b_i, "q_i": q, "x_j": x}
    if explicit:
        out["y_j"] = y
    items = [j for j, _ in NEW]
    of_x, of_y = weights(NEW, baseline_of(NEW, FROZEN_I), explicit)
    z = of_x @ x[items] + of_y @ y[items]
    rest = [r - MU - b_i[i] - q[i] @ z for i, r in NEW]
    bias = sum(rest) / (len(NEW) * (1 + lam))
    out["new"] = {"bias": bias, "predictions": MU + bias + b_i + q @ z}
    return out


RATES = ((0.007, 0.02), (0.05, 0.1))
write(
    "asymmetric.json",
    {
        "factors": FACTORS,
        "epochs": EPOCHS,
        "start": START,
        "new": NEW,
        "frozen": {"b_u": FROZEN_U, "b_i": FROZEN_I},
        "nsvd": [run(False, gamma, lam) for gamma, lam in RATES],
        "asymmetric-svd": [run(True, gamma, lam) for gamma, lam in RATES],
    },
)
