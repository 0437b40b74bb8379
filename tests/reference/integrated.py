"""The global neighborhood model and the integrated model from their formulas -> integrated.json."""

import numpy as np

from common import mean, normal, ratings, seeded, size, write

FACTORS, EPOCHS, NEIGHBORS, SHRINKAGE = 3, 3, 6, 100.0
FROZEN_LAMBDA, FROZEN_PASSES = 5.0, 10

rows = ratings()
users, items = size(rows)
mu = mean(rows)
R = np.full((users, items), np.nan)
for u, i, r in rows:
    R[u, i] = r
known = ~np.isnan(R)


def frozen_baseline():
    """Alternating regularized least squares: all items, then all users, a fixed number of times."""
    b_u, b_i = np.zeros(users), np.zeros(items)
    for _ in range(FROZEN_PASSES):
        b_i = np.nansum(R - mu - b_u[:, None], axis=0) / (known.sum(axis=0) + FROZEN_LAMBDA)
        b_u = np.nansum(R - mu - b_i[None, :], axis=1) / (known.sum(axis=1) + FROZEN_LAMBDA)
    return mu + b_u[:, None] + b_i[None, :]


rest = R - frozen_baseline()


def neighbors(k):
    """For each item the k items most similar by shrunk correlation, or, for k = 0, all co-rated ones."""
    lists = []
    for i in range(items):
        similar = []
        for j in range(items):
            both = known[:, i] & known[:, j]
            if j == i or not both.any():
                continue
            x, y = rest[both, i], rest[both, j]
            rho = x @ y / np.sqrt((x @ x) * (y @ y))
            similar.append((both.sum() / (both.sum() + SHRINKAGE) * rho, j))
        similar.sort(key=lambda pair: -pair[0])
        if k:
            # Nobody may depend on how ties are broken.
            assert len(similar) <= k or similar[k - 1][0] - similar[k][0] > 1e-5, (i, k)
            similar = similar[:k]
        lists.append(sorted(j for _, j in similar))
    return lists


def run(k, gammas, lambdas, decay, start=None, beside="item"):
    """Every sum and every update as in the paper; all right sides with values from before the rating."""
    lists = neighbors(k)
    b_u, b_i = np.zeros(users), np.zeros(items)
    w, c = np.zeros((items, items)), np.zeros((items, items))
    p, q, y = (x.copy() for x in start) if start else (None, None, None)
    rated = [np.flatnonzero(known[u]) for u in range(users)]

    def parts(u, i):
        near = np.array([j for j in lists[i] if known[u, j]], dtype=int)
        n_k = len(near) ** -0.5 if len(near) else 0.0
        z = len(rated[u]) ** -0.5 * y[rated[u]].sum(axis=0) if start else None
        terms = [mu, b_u[u], b_i[i]]
        if start:
            terms += [q[i] @ p[u], (q[i] if beside == "item" else p[u]) @ z]
        terms += [n_k * (rest[u, near] @ w[i, near]), n_k * c[i, near].sum()]
        return terms, near, n_k, z

    for epoch in range(EPOCHS):
        g1, g2, g3 = (g * decay**epoch for g in gammas)
        l1, l2, l3 = lambdas
        for u, i, r in rows:
            terms, near, n_k, z = parts(u, i)
            e = r - sum(terms)
            b_u[u] += g1 * (e - l1 * b_u[u])
            b_i[i] += g1 * (e - l1 * b_i[i])
            if start:
                p_u, q_i, n_u = p[u].copy(), q[i].copy(), len(rated[u]) ** -0.5
                if beside == "item":
                    p[u] += g2 * (e * q_i - l2 * p_u)
                    q[i] += g2 * (e * (p_u + z) - l2 * q_i)
                    y[rated[u]] += g2 * (e * n_u * q_i - l2 * y[rated[u]])
                else:
                    p[u] += g2 * (e * (q_i + z) - l2 * p_u)
                    q[i] += g2 * (e * p_u - l2 * q_i)
                    y[rated[u]] += g2 * (e * n_u * p_u - l2 * y[rated[u]])
            w[i, near] += g3 * (n_k * e * rest[u, near] - l3 * w[i, near])
            c[i, near] += g3 * (n_k * e - l3 * c[i, near])

    result = {
        "model": "integrated" if start else "neighborhood",
        "implicit": beside,
        "neighbors": k,
        "gammas": gammas,
        "lambdas": lambdas,
        "decay": decay,
        "b_u": b_u,
        "b_i": b_i,
    }
    if start:
        result |= {"p_u": p, "q_i": q, "y_j": y}
    pairs = [(i, j) for i in range(items) for j in lists[i]]
    result["w_ij"] = [[i, j, w[i, j]] for i, j in pairs]
    result["c_ij"] = [[i, j, c[i, j]] for i, j in pairs]
    asked = [(0, 0), (0, 14), (3, 7), (4, 14), (7, 3), (11, 2), (11, 8)]
    result["predictions"] = [[u, i, *map(float, parts(u, i)[0])] for u, i in asked]
    return result


rng = seeded(14)
start = [normal(rng, n, FACTORS, 0.3) for n in (users, items, items)]
rates, penalties = (0.02, 0.03, 0.05), (0.03, 0.05, 0.02)
write(
    "integrated.json",
    {
        "factors": FACTORS,
        "epochs": EPOCHS,
        "mu": mu,
        "start": {"p_u": start[0], "q_i": start[1], "y_j": start[2]},
        "runs": [
            run(NEIGHBORS, rates, penalties, 0.9),
            run(0, rates, penalties, 1.0),
            run(NEIGHBORS, rates, penalties, 0.9, start),
            run(NEIGHBORS, rates, penalties, 1.0, start, "user"),
            run(0, rates, penalties, 0.9, start),
        ],
    },
)
