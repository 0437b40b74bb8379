"""Draws ratings.json: a small rating set with planted biases and tastes, half stars from 0.5 to 5.

Users differ in how much they rate: the last has one rating, and the last item is rated once.
"""

from common import seeded, size, write

USERS, ITEMS, SEED = 12, 15, 20261121


def draw():
    rng = seeded(SEED)
    b_u = [rng.gauss(0, 0.5) for _ in range(USERS)]
    b_i = [rng.gauss(0, 0.6) for _ in range(ITEMS)]
    p = [[rng.gauss(0, 0.7) for _ in range(2)] for _ in range(USERS)]
    q = [[rng.gauss(0, 0.7) for _ in range(2)] for _ in range(ITEMS)]
    rows = []
    for u in range(USERS):
        activity = 0.9 - 0.8 * u / USERS
        for i in range(ITEMS):
            taste = sum(a * b for a, b in zip(p[u], q[i]))
            r = 3.4 + b_u[u] + b_i[i] + taste + rng.gauss(0, 0.4)
            rated = rng.random() < activity
            if u == USERS - 1:
                rated = i == 2
            elif i == ITEMS - 1:
                rated = u == 4
            if rated:
                rows.append((u, i, min(5.0, max(0.5, round(2 * r) / 2))))
    return rows


rows = draw()
assert size(rows) == (USERS, ITEMS)
assert {u for u, _, _ in rows} == set(range(USERS)) and {i for _, i, _ in rows} == set(range(ITEMS))
write("ratings.json", {"users": USERS, "items": ITEMS, "ratings": rows})
print(len(rows), "ratings")
