"""Probabilistic and Bayesian matrix factorization from the formulas, in double precision -> bayes.json.

log_posterior: densities of scipy.stats, added up. conditionals: the distribution of one vector given its
ratings, by one dense system. normal_wishart: the posterior by another form of the formula than the crate's.
exact: a table of two by two ratings with one factor, the mean and precision of both sides integrated out in
closed form and the four numbers that are left over a grid.
"""

import numpy as np
from scipy.stats import norm, wishart

from common import mean, normal, ratings, seeded, size, write

FACTORS, ALPHA = 3, 2.0
ROWS = ratings()
USERS, ITEMS = size(ROWS)
rng = seeded(11)
P, Q = normal(rng, USERS, FACTORS, 0.7), normal(rng, ITEMS, FACTORS, 0.7)
B_U, B_I = normal(rng, USERS, 1, 0.3)[:, 0], normal(rng, ITEMS, 1, 0.3)[:, 0]


def log_posterior(variance, variance_p, variance_q, prior, offset):
    mu = 0.0 if offset == "none" else mean(ROWS)
    b_u, b_i = (B_U, B_I) if offset == "biases" else (np.zeros(USERS), np.zeros(ITEMS))
    u, i, r = np.array([x[0] for x in ROWS]), np.array([x[1] for x in ROWS]), [x[2] for x in ROWS]
    at = mu + b_u[u] + b_i[i] + np.sum(P[u] * Q[i], axis=1)
    total = norm.logpdf(r, at, np.sqrt(variance)).sum()
    for vectors, biases, of, by in ((P, b_u, variance_p, u), (Q, b_i, variance_q, i)):
        count = np.bincount(by, minlength=len(vectors))
        for x, b, n in zip(vectors, biases, count):
            sd = np.sqrt(of / (n if prior == "per-rating" else 1))
            if prior != "none":
                total += norm.logpdf(x, 0, sd).sum()
                total += norm.logpdf(b, 0, sd) if offset == "biases" else 0
    return float(total)


def posterior_case(prior, offset):
    variances = {"variance": 0.5, "variance_p": 0.25, "variance_q": 2.0}
    value = log_posterior(*variances.values(), prior, offset)
    return variances | {"prior": prior, "offset": offset, "log_posterior": value}


def positive(d):
    """A positive definite matrix, representable in 32 bits."""
    x = normal(rng, d, d, 1.0)
    return (x @ x.T + np.eye(d)).astype(np.float32).astype(np.float64)


def conditionals(biased):
    d = FACTORS + biased
    hyper = {}
    for side in "PQ":
        hyper[f"mu_{side}"] = normal(rng, 1, d, 0.5)[0]
        hyper[f"Lambda_{side}"] = positive(d)
    mu = mean(ROWS)
    b_u, b_i = (B_U, B_I) if biased else (np.zeros(USERS), np.zeros(ITEMS))
    found = {}
    for name, own, other, held, bias, side in (
        ("users", 0, 1, Q, b_i, "P"),
        ("items", 1, 0, P, b_u, "Q"),
    ):
        found[name] = []
        for row in range((USERS, ITEMS)[own]):
            mine = [x for x in ROWS if x[own] == row]
            ids = [x[other] for x in mine]
            z = np.hstack([held[ids], np.ones((len(ids), 1))]) if biased else held[ids]
            t = np.array([x[2] for x in mine]) - mu - bias[ids]
            prior = hyper[f"Lambda_{side}"]
            # Least squares on ratings and prior stacked, each divided by its standard deviation.
            root = np.linalg.cholesky(prior).T
            stacked = np.vstack([np.sqrt(ALPHA) * z, root])
            right = np.concatenate([np.sqrt(ALPHA) * t, root @ hyper[f"mu_{side}"]])
            center = np.linalg.lstsq(stacked, right, rcond=None)[0]
            found[name].append({"precision": (stacked.T @ stacked).ravel(), "mean": center})
    return {"biased": bool(biased)} | hyper | found


def normal_wishart():
    """mu* and W*^-1 in the form W^-1 + sum x x^T + beta mu_0 mu_0^T - beta* mu* mu*^T."""
    x = normal(rng, 7, FACTORS, 1.0)
    n, beta = len(x), 2.0
    center = x.sum(axis=0) / (beta + n)
    scatter = np.eye(FACTORS) + x.T @ x - (beta + n) * np.outer(center, center)
    return {
        "vectors": x,
        "center": center,
        "beta": beta + n,
        "nu": float(FACTORS + n),
        "inverse_scale": scatter.ravel(),
        "mean_precision": wishart(FACTORS + n, np.linalg.inv(scatter)).mean().ravel(),
    }


def exact(over_p=80, over_q=61, reach=6.0):
    """With d = 1 the numbers of a side have, mean and precision integrated out, the density
    (1 + s + 2 n / (2 + n) m^2)^(-(1 + n) / 2), m being their mean and s the sum of squares around it.

    The grid of p is dense near zero and wide: p = sinh(reach v^3). Given p, q varies on the scale
    1 / |p|, and its grid with it: q = sinh(t) / sqrt(1 + |p|^2).
    """
    r = np.array([[4.5, 2.0], [3.0, 3.5]])
    mu = r.mean()
    v = np.linspace(-1, 1, over_p + 1)
    v = (v[:-1] + v[1:]) / 2
    p, p_weight = np.sinh(reach * v**3), 3 * reach * v**2 * np.cosh(reach * v**3)
    t = np.linspace(-reach, reach, over_q)
    q, q_weight = np.sinh(t), np.cosh(t)
    total, first, second, shrunk = 0.0, np.zeros((2, 2)), np.zeros((2, 2)), 0.0

    def prior(a, b):
        m = (a + b) / 2
        return (1 + (a - m) ** 2 + (b - m) ** 2 + m**2) ** -1.5

    def likelihood(product, rating):
        return np.exp(-0.5 * ALPHA * (rating - mu - product) ** 2)

    # Over p_1 and p_2 in loops, over q_1 and q_2 at once.
    for p_1, weight_1 in zip(p, p_weight):
        for p_2, weight_2 in zip(p, p_weight):
            scale = 1 / np.sqrt(1 + p_1**2 + p_2**2)
            x, weight = scale * q, scale * q_weight
            one = weight * likelihood(p_1 * x, r[0, 0]) * likelihood(p_2 * x, r[1, 0])
            two = weight * likelihood(p_1 * x, r[0, 1]) * likelihood(p_2 * x, r[1, 1])
            density = prior(x[:, None], x[None, :]) * np.outer(one, two)
            density *= weight_1 * weight_2 * prior(p_1, p_2)
            mass = density.sum()
            total += mass
            shrunk += mass * abs(p_1) / (1 + abs(p_1))
            for u, of_u in enumerate((p_1, p_2)):
                for i, of_q in enumerate((density.sum(axis=1), density.sum(axis=0))):
                    first[u, i] += of_q @ (of_u * x)
                    second[u, i] += of_q @ (of_u * x) ** 2
    first, second = first / total, second / total
    return {
        "ratings": [[u, i, r[u, i]] for u in range(2) for i in range(2)],
        "mean": (mu + first).ravel(),
        "variance": (second - first**2).ravel(),
        "p_1": shrunk / total,
    }


write(
    "bayes.json",
    {
        "factors": FACTORS,
        "alpha": ALPHA,
        "p_u": P,
        "q_i": Q,
        "b_u": B_U,
        "b_i": B_I,
        "posteriors": [
            posterior_case(prior, offset)
            for prior in ("none", "per-vector", "per-rating")
            for offset in ("none", "mean", "biases")
        ],
        "conditionals": [conditionals(0), conditionals(1)],
        "normal_wishart": normal_wishart(),
        "exact": exact(),
    },
)
