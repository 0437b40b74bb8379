"""Other people's recommenders on MovieLens, timed: what the benchmark's ratios are taken against.

    pip install -r benches/requirements.txt
    MOVIELENS_ZIP=ml-latest-small.zip python benches/peers.py [--folds N] [--svdpp-folds N]

Prints one JSON object. `fit_seconds` is the time to fit all five folds, on one thread; where only
some folds were run (`folds`), it is scaled up to five and `scaled` says so. Reading the file and
building each library's own rating set are not counted.
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
    """One of Surprise's algorithms at its defaults; its predictions are clipped to the scale."""

    packages = ("scikit-surprise", "numpy")

    def __init__(self, name):
        import surprise

        self.algorithm = getattr(surprise, name)(**({"verbose": False} if name == "BaselineOnly" else {}))
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


PEERS = {
    "surprise-baseline": lambda: Surprise("BaselineOnly"),
    "surprise-svd": lambda: Surprise("SVD"),
    "surprise-svdpp": lambda: Surprise("SVDpp"),
    "cmfrec-als": Cmfrec,
}


def measure(make, u, i, r, folds):
    order = np.random.RandomState(SEED).permutation(len(r))
    seconds, rmse, mae = 0.0, [], []
    for fold in range(folds):
        # The training set stays shuffled, as Surprise's own KFold leaves it: its SGD visits the users
        # and each user's items in the order of the set, and the order of the file does worse.
        is_test = np.arange(len(r)) % FOLDS == fold
        train, test = order[~is_test], order[is_test]
        peer = make()
        prepared = peer.prepare(u[train], i[train], r[train])
        start = time.perf_counter()
        peer.fit(prepared)
        seconds += time.perf_counter() - start
        error = peer.predict(u[test], i[test]) - r[test]
        rmse.append(np.sqrt(np.mean(error**2)))
        mae.append(np.mean(np.abs(error)))
    return {
        "fit_seconds": round(seconds * FOLDS / folds, 3),
        "scaled": folds < FOLDS,
        "folds": folds,
        "rmse": round(float(np.mean(rmse)), 4),
        "mae": round(float(np.mean(mae)), 4),
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
    options = parser.parse_args()
    if not options.data:
        parser.error("name a ratings.csv or a zip, or set MOVIELENS_ZIP")
    columns = load(options.data)
    results = {}
    for name, make in PEERS.items():
        folds = options.svdpp_folds if name == "surprise-svdpp" else options.folds
        if not folds:
            continue
        try:
            results[name] = measure(make, *columns, folds)
        except ImportError as missing:
            results[name] = {"skipped": str(missing)}
        print(name, results[name], file=sys.stderr)
    print(json.dumps(results, indent=2))


main()
