"""Surprise's SVD, biased and not, at two learning rates -> svd.json."""

import surprise

from common import normal, ratings, seeded, size, write
from surprise_run import run

FACTORS, EPOCHS = 4, 3

users, items = size(ratings())
rng = seeded(1)
p, q = normal(rng, users, FACTORS), normal(rng, items, FACTORS)
settings = [(biased, *rates) for biased in (True, False) for rates in ((0.005, 0.02), (0.05, 0.1))]
write(
    "svd.json",
    {
        "source": f"Surprise {surprise.__version__}, SVD",
        "factors": FACTORS,
        "epochs": EPOCHS,
        "start": {"p_u": p, "q_i": q},
        "runs": [run(surprise.SVD, (p, q), EPOCHS, gamma, lam, biased=biased) for biased, gamma, lam in settings],
    },
)
