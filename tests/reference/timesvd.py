"""SVD and SVD++ with time, from the formulas in double precision -> timesvd.json.

Each rating has a day. The parameters stand in dictionaries by what they belong to, (item, bin) and
(user, day), and every y_j is changed for every rating: nothing here is arranged for speed.
"""

import math

import numpy as np

from common import mean, normal, ratings, seeded, size, write

FACTORS, EPOCHS, BINS, BETA = 3, 3, 4, 0.4
RATES = {"still": (0.02, 0.1), "bin": (0.01, 0.3), "day": (0.03, 0.2), "drift": (0.002, 0.5)}
ROWS = ratings()
USERS, ITEMS = size(ROWS)

rng = seeded(12)
START = {"p_u": normal(rng, USERS, FACTORS), "q_i": normal(rng, ITEMS, FACTORS), "y_j": normal(rng, ITEMS, FACTORS)}
# A user rates on one to five days somewhere in three years.
OWN_DAYS = [[11000 + rng.randrange(1100) for _ in range(1 + rng.randrange(5))] for _ in range(USERS)]
DAYS = [rng.choice(OWN_DAYS[u]) for u, _, _ in ROWS]
FIRST, LAST = min(DAYS), max(DAYS)
T_U = [np.mean([day for (v, _, _), day in zip(ROWS, DAYS) if v == u]) for u in range(USERS)]
N_U = [[i for v, i, _ in ROWS if v == u] for u in range(USERS)]
# Days in training and others, before, between and after.
ASKED = [(0, 0, DAYS[0]), (0, 14, DAYS[3]), (3, 7, 11500), (4, 14, LAST + 300), (7, 3, FIRST - 50), (11, 2, DAYS[-1])]


def bin_of(day):
    day = min(max(day, FIRST), LAST)
    return (day - FIRST) * BINS // (LAST - FIRST + 1)


def dev(u, day):
    apart = day - T_U[u]
    return math.copysign(abs(apart) ** BETA, apart)


def run(what, implicit):
    """`what` changes: items, drift (items and the users' drift), days (all)."""
    drifts, has_days = what != "items", what == "days"
    mu = mean(ROWS)
    b_u, b_i, alpha = np.zeros(USERS), np.zeros(ITEMS), np.zeros(USERS)
    alpha_p = np.zeros((USERS, FACTORS))
    p, q, y = (START[name].copy() for name in ("p_u", "q_i", "y_j"))
    b_bin = {(i, n): 0.0 for i in range(ITEMS) for n in range(BINS)}
    b_day = {(u, day): 0.0 for (u, _, _), day in zip(ROWS, DAYS)} if has_days else {}

    def z_of(u):
        return sum(y[j] for j in N_U[u]) / math.sqrt(len(N_U[u])) if implicit else np.zeros(FACTORS)

    def predict(u, i, day):
        d = dev(u, day) if drifts else 0.0
        biases = b_u[u] + alpha[u] * d + b_day.get((u, day), 0.0) + b_i[i] + b_bin[i, bin_of(day)]
        return mu + biases + q[i] @ (p[u] + alpha_p[u] * d + z_of(u))

    (g, l), (g2, l2), (g3, l3), (g4, l4) = RATES.values()
    for _ in range(EPOCHS):
        for (u, i, r), day in zip(ROWS, DAYS):
            e, d, z, n = r - predict(u, i, day), dev(u, day), z_of(u), bin_of(day)
            p_old, q_old, taste = p[u].copy(), q[i].copy(), p[u] + z
            b_u[u] += g * (e - l * b_u[u])
            b_i[i] += g * (e - l * b_i[i])
            b_bin[i, n] += g2 * (e - l2 * b_bin[i, n])
            if has_days:
                b_day[u, day] += g3 * (e - l3 * b_day[u, day])
            if drifts:
                taste = taste + alpha_p[u] * d
                alpha[u] += g4 * (e * d - l4 * alpha[u])
                alpha_p[u] += g4 * (e * d * q_old - l4 * alpha_p[u])
            p[u] += g * (e * q_old - l * p_old)
            q[i] += g * (e * taste - l * q_old)
            if implicit:
                for j in N_U[u]:
                    y[j] += g * (e * q_old / math.sqrt(len(N_U[u])) - l * y[j])

    out = {"model": "timesvdpp" if implicit else "timesvd", "time": what, "mu": mu}
    out |= {"b_u": b_u, "b_i": b_i, "p_u": p, "q_i": q}
    out |= {"b_i_bin": [b_bin[key] for key in sorted(b_bin)], "b_u_day": [b_day[key] for key in sorted(b_day)]}
    out |= {"alpha_u": alpha if drifts else [], "alpha_pu": alpha_p if drifts else []}
    if implicit:
        out["y_j"] = y
    out["predictions"] = [[u, i, day, float(predict(u, i, day))] for u, i, day in ASKED]
    return out


RUNS = [run(what, implicit) for implicit in (False, True) for what in ("items", "drift", "days")]
write(
    "timesvd.json",
    {
        "factors": FACTORS,
        "epochs": EPOCHS,
        "bins": BINS,
        "rates": {kind: list(pair) for kind, pair in RATES.items()},
        "days": DAYS,
        "t_u": [float(t) for t in T_U],
        "start": START,
        "runs": RUNS,
    },
)
