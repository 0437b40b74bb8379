"""Additional inputs from the formulas, in double precision -> attributes.json.

Per rating, with the values from before the rating on every right side; A(u) a user's attributes, G(i) an
item's genres, N(u) the items u rated, n_X the root of the size of X (a sum over nothing is 0):

    v    = q_i + sum over g in G(i) of y_g / n_G
    w    = p_u + sum over j in N(u) of x_j / n_N + sum over a in A(u) of y_a
    e    = r - (mu + b_u + b_i + sum b_a + sum b_g / n_G + v . w)
    b_u += gamma (e - lambda b_u)               b_i likewise
    p_u += gamma (e v - lambda p_u)             q_i += gamma (e w - lambda q_i)
    x_j += gamma (e v / n_N - lambda x_j)
    b_a += gamma_2 (e - lambda_2 b_a)           y_a += gamma_2 (e v - lambda_2 y_a)
    b_g += gamma_2 (e / n_G - lambda_2 b_g)     y_g += gamma_2 (e w / n_G - lambda_2 y_g)
"""

import math

import numpy as np

from common import mean, normal, ratings, seeded, size, write

FACTORS, EPOCHS = 3, 3
ROWS = ratings()
USERS, ITEMS = size(ROWS)
N = [[i for v, i, _ in ROWS if v == u] for u in range(USERS)]

# Two genders and three age groups, and five genres, of which an item has none, one, two or three. One
# user tells nothing.
A = [[] if u == 4 else [u % 2, 2 + u % 3] for u in range(USERS)]
G = [[[], [0], [1, 3], [2], [0, 2, 4], [3]][i % 6] for i in range(ITEMS)]

rng = seeded(5)
START = {
    "p_u": normal(rng, USERS, FACTORS),
    "q_i": normal(rng, ITEMS, FACTORS),
    "x_j": normal(rng, ITEMS, FACTORS),
    "b_a": normal(rng, 5, 1)[:, 0],
    "y_a": normal(rng, 5, FACTORS),
    "b_g": normal(rng, 5, 1)[:, 0],
    "y_g": normal(rng, 5, FACTORS),
}


def run(inputs, gamma, gamma_2, lambda_, lambda_2):
    use_a, use_g = inputs in ("both", "users"), inputs in ("both", "items")
    x = {name: value.copy() for name, value in START.items()}
    if not use_a:
        x["b_a"], x["y_a"] = x["b_a"][:0], x["y_a"][:0]
    if not use_g:
        x["b_g"], x["y_g"] = x["b_g"][:0], x["y_g"][:0]
    b_u, b_i, mu = np.zeros(USERS), np.zeros(ITEMS), mean(ROWS)
    of_u = [a if use_a else [] for a in A]
    of_i = [g if use_g else [] for g in G]

    def sides(u, i):
        n_g = math.sqrt(max(len(of_i[i]), 1))
        v = x["q_i"][i] + sum((x["y_g"][g] for g in of_i[i]), np.zeros(FACTORS)) / n_g
        w = x["p_u"][u] + sum(x["x_j"][j] for j in N[u]) / math.sqrt(len(N[u]))
        w = w + sum((x["y_a"][a] for a in of_u[u]), np.zeros(FACTORS))
        b = b_u[u] + b_i[i] + sum(x["b_a"][a] for a in of_u[u])
        return v, w, mu + b + sum(x["b_g"][g] for g in of_i[i]) / n_g + v @ w, n_g

    for _ in range(EPOCHS):
        for u, i, r in ROWS:
            v, w, predicted, n_g = sides(u, i)
            e, n_n = r - predicted, math.sqrt(len(N[u]))
            b_u[u] += gamma * (e - lambda_ * b_u[u])
            b_i[i] += gamma * (e - lambda_ * b_i[i])
            x["p_u"][u] += gamma * (e * v - lambda_ * x["p_u"][u])
            x["q_i"][i] += gamma * (e * w - lambda_ * x["q_i"][i])
            for j in N[u]:
                x["x_j"][j] += gamma * (e * v / n_n - lambda_ * x["x_j"][j])
            for a in of_u[u]:
                x["b_a"][a] += gamma_2 * (e - lambda_2 * x["b_a"][a])
                x["y_a"][a] += gamma_2 * (e * v - lambda_2 * x["y_a"][a])
            for g in of_i[i]:
                x["b_g"][g] += gamma_2 * (e / n_g - lambda_2 * x["b_g"][g])
                x["y_g"][g] += gamma_2 * (e * w / n_g - lambda_2 * x["y_g"][g])
    settings = {"gamma": gamma, "gamma_2": gamma_2, "lambda": lambda_, "lambda_2": lambda_2}
    return (
        {"inputs": inputs, "settings": settings, "mu": mu, "b_u": b_u, "b_i": b_i}
        | x
        | {"predictions": [[u, i, float(sides(u, i)[2])] for u in (0, 4, 11) for i in (0, 4, 14)]}
    )


write(
    "attributes.json",
    {
        "users": A,
        "items": G,
        "factors": FACTORS,
        "epochs": EPOCHS,
        "start": START,
        "runs": [
            run("both", 0.03, 0.02, 0.05, 0.2),
            run("users", 0.05, 0.01, 0.1, 0.02),
            run("items", 0.05, 0.05, 0.02, 0.1),
            run("none", 0.03, 0.03, 0.05, 0.05),
        ],
    },
)
