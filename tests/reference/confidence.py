"""Implicit-feedback least squares over all cells and confidence-weighted ALS -> confidence.json.

`implicit`: numpy from Hu, Koren and Volinsky (2008), eq. 4 and 5, with full matrices and no shortcut, in
double precision; checked against the library implicit (exact solver) and against cmfrec's CMF_implicit.
In a sweep the items are solved first, then the users; the libraries do it the other way round, so they
are handed the transposed table. `weighted`: eq. 8 of Koren, Bell and Volinsky (2009), users first.
"""

import os

os.environ["OPENBLAS_NUM_THREADS"] = "1"

import cmfrec
import numpy as np
from implicit.cpu.als import AlternatingLeastSquares
from scipy.sparse import coo_matrix, csr_matrix

from common import mean, normal, ratings, seeded, size, write

FACTORS, SWEEPS, LAMBDA, ALPHA, EPSILON = 3, 3, 0.5, 2.0, 0.25
ROWS = ratings()
USERS, ITEMS = size(ROWS)
R, KNOWN = np.zeros((USERS, ITEMS)), np.zeros((USERS, ITEMS), bool)
for u, i, value in ROWS:
    R[u, i], KNOWN[u, i] = value, True
rng = seeded(17)
START = {"p_u": normal(rng, USERS, FACTORS), "q_i": normal(rng, ITEMS, FACTORS)}


def solve(held, c, t, penalty):
    """The minimum over x of sum c (t - x . held)^2 + penalty |x|^2; checked against least squares."""
    eye = np.eye(held.shape[1])
    x = np.linalg.solve(held.T @ np.diag(c) @ held + penalty * eye, held.T @ (c * t))
    root = np.sqrt(c)
    stacked = np.vstack([root[:, None] * held, np.sqrt(penalty) * eye])
    target = np.concatenate([root * t, np.zeros(held.shape[1])])
    assert np.allclose(x, np.linalg.lstsq(stacked, target, rcond=None)[0], rtol=0, atol=1e-11)
    return x


def confidence(kind):
    grown = R if kind == "linear" else np.log(1 + R / EPSILON)
    return 1 + ALPHA * grown  # an empty cell has r = 0


def implicit(kind):
    c, wanted = confidence(kind), KNOWN.astype(float)
    p, q = START["p_u"].copy(), np.zeros((ITEMS, FACTORS))
    objective = lambda: float((c * (wanted - p @ q.T) ** 2).sum() + LAMBDA * ((p**2).sum() + (q**2).sum()))
    sweeps = []
    for _ in range(SWEEPS):
        for i in range(ITEMS):
            q[i] = solve(p, c[:, i], wanted[:, i], LAMBDA)
        for u in range(USERS):
            p[u] = solve(q, c[u], wanted[u], LAMBDA)
        sweeps.append({"objective": objective(), "p_u": p.tolist(), "q_i": q.tolist()})
    libraries(c, p, q)
    # Section 5: p_ui = sum over rated j of s_ij c_uj with s_ij = q_i^T W q_j.
    u, i = 0, int(np.flatnonzero(~KNOWN[0])[0])
    w = np.linalg.inv(q.T @ np.diag(c[u]) @ q + LAMBDA * np.eye(FACTORS))
    shares = [[int(j), float(c[u, j]), float(q[i] @ w @ q[j])] for j in np.flatnonzero(KNOWN[u])]
    predicted = float(p[u] @ q[i])
    assert abs(sum(c * s for _, c, s in shares) - predicted) < 1e-12
    explained = {"u": u, "i": i, "prediction": predicted, "shares": shares}
    return {"confidence": kind, "sweeps": sweeps, "explained": explained}


def libraries(c, p, q):
    """implicit from the same start values: equal parameters; cmfrec from its own: equal predictions."""
    table = csr_matrix(np.where(KNOWN, c, 0).T)  # its "users" are our items
    options = {"factors": FACTORS, "regularization": LAMBDA, "iterations": SWEEPS, "dtype": np.float64}
    library = AlternatingLeastSquares(**options, use_cg=False, num_threads=1)
    library.user_factors, library.item_factors = np.zeros((ITEMS, FACTORS)), START["p_u"].copy()
    library.fit(table, show_progress=False)
    assert np.allclose(library.user_factors, q, rtol=0, atol=1e-4), abs(library.user_factors - q).max()
    assert np.allclose(library.item_factors, p, rtol=0, atol=1e-4), abs(library.item_factors - p).max()
    # Far on, where the start no longer matters; values are c - 1 with alpha 1.
    other = cmfrec.CMF_implicit(
        k=FACTORS, lambda_=LAMBDA, alpha=1.0, niter=500, use_cg=False, use_float=False, nthreads=1, random_state=1
    )
    other.fit(coo_matrix(csr_matrix(np.where(KNOWN, c - 1, 0))))
    wanted, far_p, far_q = KNOWN.astype(float), p.copy(), q.copy()
    for _ in range(500):
        far_q = np.array([solve(far_p, c[:, i], wanted[:, i], LAMBDA) for i in range(ITEMS)])
        far_p = np.array([solve(far_q, c[u], wanted[u], LAMBDA) for u in range(USERS)])
    apart = abs(other.A_ @ other.B_.T - far_p @ far_q.T).max()
    print("cmfrec, 500 sweeps from its own start: predictions within", apart)
    assert apart < 1e-3


def weights(kind, times):
    if kind == "recent":
        c = np.exp(-ALPHA * (times.max() - times) / (365.25 * 86400))
    else:
        days = times // 86400
        users = np.array([u for u, _, _ in ROWS])
        c = np.array([np.sum((users == u) & (days == day)) for u, day in zip(users, days)]) ** -ALPHA
    return c / c.mean()


def weighted(kind, times):
    c = np.zeros((USERS, ITEMS))
    c[[u for u, _, _ in ROWS], [i for _, i, _ in ROWS]] = weights(kind, times)
    mu = mean(ROWS)
    b_u, b_i = np.zeros(USERS), np.zeros(ITEMS)
    p, q = START["p_u"].copy(), START["q_i"].copy()

    def half(r, known, c, b, p, other, q):
        for n, (row, seen, w) in enumerate(zip(r, known, c)):
            w = w[seen]
            b[n] = (w * (row[seen] - mu - other[seen] - q[seen] @ p[n])).sum() / (w.sum() + LAMBDA)
            p[n] = solve(q[seen], w, row[seen] - mu - b[n] - other[seen], LAMBDA)

    sweeps = []
    for _ in range(SWEEPS):
        half(R, KNOWN, c, b_u, p, b_i, q)
        half(R.T, KNOWN.T, c.T, b_i, q, b_u, p)
        e = np.where(KNOWN, R - mu - b_u[:, None] - b_i - p @ q.T, 0)
        penalty = sum(float(np.sum(x**2)) for x in (b_u, b_i, p, q))
        state = {"b_u": b_u.tolist(), "b_i": b_i.tolist(), "p_u": p.tolist(), "q_i": q.tolist()}
        sweeps.append({"objective": float((c * e**2).sum()) + LAMBDA * penalty} | state)
    return {"weights": kind, "mu": mu, "sweeps": sweeps}


# Three years, several ratings of a user on one day.
TIMES = np.array([1_500_000_000 + 86_400 * (37 * (n // 3) % 1000) + 60 * n for n in range(len(ROWS))])

write(
    "confidence.json",
    {
        "factors": FACTORS,
        "lambda": LAMBDA,
        "alpha": ALPHA,
        "epsilon": EPSILON,
        "start": START,
        "implicit": [implicit(kind) for kind in ("linear", "log")],
        "times": TIMES.tolist(),
        "weighted": [weighted(kind, TIMES) for kind in ("recent", "crowded")],
    },
)
