"""Other people's recommenders on MovieLens, timed: what the benchmark's ratios are taken against.

    pip install -r benches/requirements.txt
    MOVIELENS_ZIP=ml-latest-small.zip python benches/peers.py [--folds N] [--svdpp-folds N]

Prints one JSON object. `fit_seconds` is the time to fit all five folds, on one thread, `test_seconds`
the time to predict what was held back (of a model that ranks, to put every user's list in order); where
only some folds were run (`folds`), both are scaled up to five and `scaled` says so. Reading the file and
building each library's own rating set are not counted. A model that predicts ratings has `rmse` and `mae`;
one that only ranks has `rank`, the expected percentile rank of Hu, Koren and Volinsky (2008).
"""

import argparse
import io
import json
import os
import platform
import sys
import time
import zipfile
from importlib.metadata import version
from pathlib import Path

for threads in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[threads] = "1"

import numpy as np

FOLDS, SEED, SCALE = 5, 0, (0.5, 5.0)


def load(path):
    """The columns u, i, r of a MovieLens ratings.csv, which may stand inside a zip."""
    data = Path(path).read_bytes()
    if data.startswith(b"PK"):
        archive = zipfile.ZipFile(io.BytesIO(data))
        data = archive.read(next(name for name in archive.namelist() if name.endswith("ratings.csv")))
    table = np.loadtxt(io.BytesIO(data), delimiter=",", skiprows=1, usecols=(0, 1, 2))
    return table[:, 0].astype(int), table[:, 1].astype(int), table[:, 2]


class Surprise:
    """One of Surprise's algorithms, at its defaults but for what is named; predictions are clipped."""

    packages = ("scikit-surprise", "numpy")

    def __init__(self, name, **options):
        import surprise

        self.algorithm = getattr(surprise, name)(**options)
        if hasattr(self.algorithm, "random_state"):
            self.algorithm.random_state = SEED
        self.data = surprise.Dataset(surprise.Reader(rating_scale=SCALE))

    def prepare(self, u, i, r):
        return self.data.construct_trainset([(*row, None) for row in zip(u.tolist(), i.tolist(), r.tolist())])

    def fit(self, trainset):
        self.algorithm.fit(trainset)

    def predict(self, u, i):
        return np.array([self.algorithm.predict(a, b).est for a, b in zip(u.tolist(), i.tolist())])


class Cmfrec:
    """cmfrec's ALS with biases: 40 factors, lambda 10, 15 sweeps."""

    packages = ("cmfrec", "numpy")

    def __init__(self):
        import cmfrec
        import pandas

        self.frame = pandas.DataFrame
        self.model = cmfrec.CMF(k=40, lambda_=10.0, niter=15, nthreads=1, random_state=SEED, verbose=False)

    def prepare(self, u, i, r):
        return self.frame({"UserId": u, "ItemId": i, "Rating": r})

    def fit(self, frame):
        self.model.fit(frame)

    def predict(self, u, i):
        return np.clip(self.model.predict(u, i), *SCALE)


class FilledSvd:
    """scikit-learn's TruncatedSVD with 10 factors of the table filled with mean and biases."""

    packages = ("scikit-learn", "numpy")

    def prepare(self, u, i, r):
        return u, i, r

    def fit(self, columns):
        from sklearn.decomposition import TruncatedSVD

        u, i, r = columns
        mu, b_u, b_i = r.mean(), np.zeros(USERS), np.zeros(ITEMS)
        for _ in range(10):
            rest = np.bincount(i, r - mu - b_u[u], ITEMS)
            b_i = rest / (np.bincount(i, minlength=ITEMS) + 5)
            b_u = np.bincount(u, r - mu - b_i[i], USERS) / (np.bincount(u, minlength=USERS) + 5)
        table = mu + b_u[:, None] + b_i
        table[u, i] = r
        svd = TruncatedSVD(n_components=10, random_state=SEED)
        self.p, self.q = svd.fit_transform(table), svd.components_

    def predict(self, u, i):
        return np.clip(np.einsum("nk,kn->n", self.p[u], self.q[:, i]), *SCALE)


class Ranks:
    """What the implicit-feedback libraries have in common; c = 1 + alpha r, as implicit-als by default."""

    def prepare(self, u, i, r):
        from scipy.sparse import csr_matrix

        self.known = csr_matrix((r, (u, i)), shape=(USERS, ITEMS)).astype(np.float32)
        return self.known

    def rank(self, u, i, r):
        """sum r rank / sum r, in percent; equal scores share the mean of their ranks."""
        p, q = self.vectors()
        total = weight = 0.0
        for user in np.unique(u):
            rows = u == user
            left = np.ones(ITEMS, bool)
            left[self.known[user].indices] = False
            scores = q @ p[user]
            ordered = np.sort(scores[left])
            below = np.searchsorted(ordered, scores[i[rows]], "left")
            up_to = np.searchsorted(ordered, scores[i[rows]], "right")
            place = len(ordered) - up_to + (up_to - below - 1) / 2
            total += float(r[rows] @ place) * 100 / (len(ordered) - 1)
            weight += float(r[rows].sum())
        return total / weight


class Implicit(Ranks):
    """implicit's AlternatingLeastSquares, by Cholesky or by its default, three conjugate gradient steps."""

    packages = ("implicit", "numpy", "scipy")

    def __init__(self, use_cg):
        from implicit.cpu.als import AlternatingLeastSquares

        options = {"factors": RANKING["factors"], "regularization": RANKING["lambda"]}
        options |= {"iterations": RANKING["epochs"], "random_state": SEED, "num_threads": 1}
        self.model = AlternatingLeastSquares(**options, use_cg=use_cg)

    def prepare(self, u, i, r):
        confidence = super().prepare(u, i, r).copy()
        confidence.data = 1 + RANKING["alpha"] * confidence.data
        return confidence

    def fit(self, table):
        self.model.fit(table, show_progress=False)

    def vectors(self):
        return self.model.user_factors, self.model.item_factors


class CmfrecImplicit(Ranks):
    """cmfrec's CMF_implicit, by Cholesky."""

    packages = ("cmfrec", "numpy", "scipy")

    def __init__(self):
        import cmfrec

        options = {"k": RANKING["factors"], "lambda_": RANKING["lambda"], "alpha": RANKING["alpha"]}
        options |= {"niter": RANKING["epochs"], "random_state": SEED, "nthreads": 1, "verbose": False}
        self.model = cmfrec.CMF_implicit(**options, use_cg=False, precompute_for_predictions=False)

    def prepare(self, u, i, r):
        return super().prepare(u, i, r).tocoo()

    def fit(self, table):
        self.model.fit(table)

    def vectors(self):
        return self.model.A_, self.model.B_


RANKING = {"factors": 20, "lambda": 150.0, "alpha": 10.0, "epochs": 15}

PEERS = {
    "surprise-baseline": lambda: Surprise("BaselineOnly", verbose=False),
    "surprise-knn": lambda: Surprise("KNNBaseline", verbose=False),
    "surprise-svd": lambda: Surprise("SVD"),
    "surprise-svd-unbiased": lambda: Surprise("SVD", biased=False),
    "surprise-svdpp": lambda: Surprise("SVDpp"),
    "surprise-nmf": lambda: Surprise("NMF"),
    "cmfrec-als": Cmfrec,
    "sklearn-svd": FilledSvd,
    "cmfrec-implicit": CmfrecImplicit,
    "implicit-cholesky": lambda: Implicit(use_cg=False),
    "implicit-cg": lambda: Implicit(use_cg=True),
}


def measure(make, u, i, r, folds):
    order = np.random.RandomState(SEED).permutation(len(r))
    fit = test = 0.0
    errors = {}
    for fold in range(folds):
        # The training set stays shuffled, as Surprise's own KFold leaves it: its SGD visits the users
        # and each user's items in the order of the set, and the order of the file does worse.
        is_test = np.arange(len(r)) % FOLDS == fold
        train, held = order[~is_test], order[is_test]
        peer = make()
        prepared = peer.prepare(u[train], i[train], r[train])
        start = time.perf_counter()
        peer.fit(prepared)
        fitted = time.perf_counter()
        if hasattr(peer, "rank"):
            found = {"rank": peer.rank(u[held], i[held], r[held])}
        else:
            error = peer.predict(u[held], i[held]) - r[held]
            found = {"rmse": np.sqrt(np.mean(error**2)), "mae": np.mean(np.abs(error))}
        fit, test = fit + fitted - start, test + time.perf_counter() - fitted
        for name, value in found.items():
            errors.setdefault(name, []).append(float(value))
    return {
        "fit_seconds": round(fit * FOLDS / folds, 3),
        "test_seconds": round(test * FOLDS / folds, 3),
        "scaled": folds < FOLDS,
        "folds": folds,
        **{name: round(float(np.mean(values)), 4) for name, values in errors.items()},
        "versions": {name: version(name) for name in peer.packages} | {"python": platform.python_version()},
        "cpu": cpu(),
    }


def cpu():
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        return next(line.split(":")[1].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.processor() or platform.machine()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", nargs="?", default=os.environ.get("MOVIELENS_ZIP"), help="ratings.csv or a zip of it")
    parser.add_argument("--folds", type=int, default=FOLDS, choices=range(1, FOLDS + 1))
    parser.add_argument("--svdpp-folds", type=int, default=1, choices=range(FOLDS + 1), help="one takes a minute")
    parser.add_argument("--only", nargs="*", choices=list(PEERS), help="these peers alone")
    options = parser.parse_args()
    if not options.data:
        parser.error("name a ratings.csv or a zip, or set MOVIELENS_ZIP")
    global USERS, ITEMS
    u, i, r = load(options.data)
    # Users and items count from 0, so that they are rows and columns.
    (users, u), (items, i) = np.unique(u, return_inverse=True), np.unique(i, return_inverse=True)
    columns, USERS, ITEMS = (u, i, r), len(users), len(items)
    results = {}
    for name, make in PEERS.items():
        folds = options.svdpp_folds if name == "surprise-svdpp" else options.folds
        if not folds or (options.only and name not in options.only):
            continue
        try:
            results[name] = measure(make, *columns, folds)
        except ImportError as missing:
            results[name] = {"skipped": str(missing)}
        print(name, results[name], file=sys.stderr)
    print(json.dumps(results, indent=2))


main()
