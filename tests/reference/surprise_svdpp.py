"""Surprise's SVD++ at two learning rates -> svdpp.json."""

import surprise

from common import normal, ratings, seeded, size, write
from surprise_run import run

FACTORS, EPOCHS = 4, 3

users, items = size(ratings())
rng = seeded(2)
p, q, y = (normal(rng, n, FACTORS) for n in (users, items, items))
write(
    "svdpp.json",
    {
        "source": f"Surprise {surprise.__version__}, SVDpp",
        "factors": FACTORS,
        "epochs": EPOCHS,
        "start": {"p_u": p, "q_i": q, "y_j": y},
        "runs": [run(surprise.SVDpp, (p, q, y), EPOCHS, gamma, lam) for gamma, lam in ((0.007, 0.02), (0.05, 0.1))],
    },
)
