"""Runs a Surprise algorithm on the generated ratings from start values that we choose."""

import numpy as np
import surprise

import common


class Handing(np.random.RandomState):
    """Hands out prepared matrices where Surprise asks for its start values, in Surprise's order."""

    def __init__(self, *matrices):
        super().__init__(0)
        self.matrices = list(matrices)

    def normal(self, loc, scale, size):
        matrix = self.matrices.pop(0)
        assert matrix.shape == size
        return matrix.copy()


def trainset(rows):
    """The rows as they stand, so that Surprise's inner ids are ours and it visits them in order."""
    users, items = common.size(rows)
    by_user, by_item = {}, {}
    for u, i, r in rows:
        by_user.setdefault(u, []).append((i, r))
        by_item.setdefault(i, []).append((u, r))
    ids = [{str(n + 1): n for n in range(count)} for count in (users, items)]
    made = surprise.Trainset(by_user, by_item, users, items, len(rows), (0.5, 5), *ids)
    assert list(made.all_ratings()) == rows
    return made


# Rated and unrated, the heaviest user and the one with a single rating.
PAIRS = [(0, 0), (0, 14), (3, 7), (4, 14), (7, 3), (11, 2), (11, 8)]


def run(kind, start, epochs, gamma, lam, **options):
    """Parameters and predictions (not clipped) after the epochs."""
    f = start[0].shape[1]
    model = kind(n_factors=f, n_epochs=epochs, lr_all=gamma, reg_all=lam, random_state=Handing(*start), **options)
    rows = common.ratings()
    model.fit(trainset(rows))
    biased = options.get("biased", True)
    out = {"biased": biased, "gamma": gamma, "lambda": lam, "mu": common.mean(rows) if biased else 0.0}
    out |= {"b_u": model.bu, "b_i": model.bi, "p_u": model.pu, "q_i": model.qi}
    if hasattr(model, "yj"):
        out["y_j"] = model.yj
    out["predictions"] = [[u, i, float(model.estimate(u, i))] for u, i in PAIRS]
    return out
