//! Neighborhood models: the baseline, corrected by what the most similar items, or users, say.

use std::sync::Arc;

use super::baseline::Baseline;
use super::biases::{Biases, OWN, place, square};
use super::checks::Checks;
use super::entry::{Curve, Entry, Form, Hyperparameter, Kind, Learning, Rule, Task};
use super::shape::{At, Moment, Predict, Stage, State, Sweep, Sweeps};
use super::side::Side;
use super::similarity::{Measure, Neighbors, Pairs, Scan, Settings, Shared};
use super::{Axis, Memory, Parameter, Spec};
use crate::data::{Rating, Ratings};
use crate::trace::{Addend, AddendKind, Listen, RatedShare};

pub(super) const NEIGHBORS: Hyperparameter = Hyperparameter {
    name: "neighbors",
    symbol: "k",
    default: 40.0,
    min: 1.0,
    max: 1000.0,
    kind: Kind::Integer,
    help: "How many neighbors at most speak in one prediction.",
};

pub(super) const KEPT: Hyperparameter = Hyperparameter {
    name: "kept",
    symbol: "",
    default: 100.0,
    min: 1.0,
    max: 1000.0,
    kind: Kind::Integer,
    help: "How many of the most similar are kept for each item, or user; memory grows with it.",
};

const SIMILARITY: Hyperparameter = Hyperparameter::choice::<Measure>(
    "similarity",
    r"\rho",
    Measure::PearsonBaseline as usize,
    "How alike two are: the correlation of what the baseline leaves over, Pearson's correlation, the cosine, or 1 / (1 + mean squared difference).",
);

pub(super) const SUPPORT: Hyperparameter = Hyperparameter {
    name: "support",
    symbol: r"n_{\mathrm{min}}",
    default: 3.0,
    min: 1.0,
    max: 100.0,
    kind: Kind::Integer,
    help: "How many common ratings two must have to be compared at all.",
};

pub(super) const LAMBDA_2: Hyperparameter = Hyperparameter {
    name: "lambda_2",
    symbol: r"\lambda_2",
    default: 100.0,
    min: 0.0,
    max: 1000.0,
    kind: Kind::Real,
    help: "Shrinks similarities that rest on few common ratings: n / (n + this) is left.",
};

const LAMBDA_3: Hyperparameter = Hyperparameter {
    name: "lambda_3",
    symbol: r"\lambda_3",
    default: 0.02,
    min: 0.0,
    max: 10.0,
    kind: Kind::Real,
    help: "Added to the sum of the weights: where neighbors are few or little alike, the prediction stays near the baseline. 0 is the plain weighted mean.",
};

const POWER: Hyperparameter = Hyperparameter {
    name: "power",
    symbol: "p",
    default: 2.0,
    min: 0.1,
    max: 10.0,
    kind: Kind::Real,
    help: "The similarities' power in the weights: the larger, the more the most similar count. 1 is the plain weighted mean.",
};

/// The line of `item-knn` in the registry.
pub const ITEMS: Entry = Entry {
    id: "item-knn",
    title: "Item neighbors",
    source: "Koren (KDD 2008), eqs. 2 and 3",
    task: Task::Rating,
    predicts: r"\hat r_{ui} = b_{ui} + \frac{\sum_{j \in S^k(i;u)} s_{ij}^p\,(r_{uj} - b_{uj})}{\lambda_3 + \sum_{j \in S^k(i;u)} s_{ij}^p},\qquad b_{ui} = \mu + b_u + b_i",
    minimizes: r"\sum_{(u,i)} (r_{ui} - \mu - b_u - b_i)^2 + \lambda\,\Bigl(\sum_u b_u^2 + \sum_i b_i^2\Bigr)\quad\text{for the baseline; similarities are counted}",
    rules: &[Rule::of(
        Form::Count,
        &["s_ij"],
        r"s_{ij} \leftarrow \frac{n_{ij}}{n_{ij} + \lambda_2}\,\rho_{ij},\qquad \rho_{ij} = \frac{\sum_u (r_{ui} - b_{ui})(r_{uj} - b_{uj})}{\sqrt{\sum_u (r_{ui} - b_{ui})^2 \sum_u (r_{uj} - b_{uj})^2}}",
    )],
    checks: Checks {
        shares: true,
        beside: &[("support", "lambda_2=0")],
        ..Checks::new("neighbors.json", 0.842)
    },
    needs: &[],
    watched: Curve::Rmse,
    learning: |_| Learning::Counting,
    hyperparameters: &[
        NEIGHBORS,
        LAMBDA_2,
        LAMBDA_3,
        POWER,
        SIMILARITY,
        SUPPORT,
        KEPT,
        Hyperparameter::lambda(5.0, 100.0),
    ],
    build: |spec, train, _seed| Box::new(Sweeps::new(Knn::new(spec, Side::Items, train))),
};

/// The line of `user-knn` in the registry.
pub const USERS: Entry = Entry {
    id: "user-knn",
    title: "User neighbors",
    source: "Koren (KDD 2008), section 2.2; eqs. 2 and 3 with users for items",
    predicts: r"\hat r_{ui} = b_{ui} + \frac{\sum_{v \in S^k(u;i)} s_{uv}^p\,(r_{vi} - b_{vi})}{\lambda_3 + \sum_{v \in S^k(u;i)} s_{uv}^p},\qquad b_{ui} = \mu + b_u + b_i",
    rules: &[Rule::of(
        Form::Count,
        &["s_ij"],
        r"s_{uv} \leftarrow \frac{n_{uv}}{n_{uv} + \lambda_2}\,\rho_{uv},\qquad \rho_{uv} = \frac{\sum_i (r_{ui} - b_{ui})(r_{vi} - b_{vi})}{\sqrt{\sum_i (r_{ui} - b_{ui})^2 \sum_i (r_{vi} - b_{vi})^2}}",
    )],
    checks: Checks { beside: &[("support", "lambda_2=0")], ..Checks::new("neighbors.json", 0.850) },
    hyperparameters: &[
        NEIGHBORS,
        LAMBDA_2,
        Hyperparameter { default: 0.5, ..LAMBDA_3 },
        Hyperparameter { default: 1.0, ..POWER },
        SIMILARITY,
        SUPPORT,
        Hyperparameter { default: 300.0, ..KEPT },
        Hyperparameter::lambda(5.0, 100.0),
    ],
    build: |spec, train, _seed| Box::new(Sweeps::new(Knn::new(spec, Side::Users, train))),
    ..ITEMS
};

/// Sweeps of least squares for the baseline; more change nothing that can be seen.
const SWEEPS: usize = 10;

/// The neighbors' addend of a prediction, and what one item adds to it.
static OF_ITEMS: Addend = Addend::new(
    AddendKind::Neighbors,
    "neighbors",
    r"\frac{\sum_j s_{ij}^p\,(r_{uj} - b_{uj})}{\lambda_3 + \sum_j s_{ij}^p}",
    "how far the ratings of the most similar films lie from their baselines, on average",
);
static OF_USERS: Addend = Addend::new(
    AddendKind::Neighbors,
    "neighbors",
    r"\frac{\sum_v s_{uv}^p\,(r_{vi} - b_{vi})}{\lambda_3 + \sum_v s_{uv}^p}",
    "how far the ratings of the most similar users lie from their baselines, on average",
);
const SHARE: RatedShare = RatedShare {
    latex: r"\frac{s_{ij}^p\,(r_{uj} - b_{uj})}{\lambda_3 + \sum_l s_{il}^p}",
    words: RatedShare::EACH,
    of: &[&OF_ITEMS],
};

/// What a step tells: of how many a row's similarities are, and how the largest one comes about.
static RATED: Addend = Addend::part(AddendKind::Count, "rated", "|R|");
static SIMILAR: Addend = Addend::part(AddendKind::Count, "similar", r"|\{j : s_{ij} > 0\}|");
static LARGEST: [Addend; 5] = [
    Addend::part(AddendKind::Count, "n", r"n_{ij}"),
    Addend::part(AddendKind::Numerator, "xy", r"\sum x_u y_u"),
    Addend::part(AddendKind::Denominator, "xx", r"\sum x_u^2"),
    Addend::part(AddendKind::Denominator, "yy", r"\sum y_u^2"),
    Addend::part(AddendKind::Result, "s", r"s_{ij}"),
];

/// Neighbors of items, or of users. What follows is written for items; for users change the roles.
///
/// Predicts   r^_ui = b_ui + sum s_ij^p (r_uj - b_uj) / (lambda_3 + sum s_ij^p), both sums over
///            S^k(i;u), the k items most similar to i among those that u rated; b_ui = mu + b_u + b_i
/// Minimizes  sum (r_ui - b_ui)^2 + lambda (sum b_u^2 + sum b_i^2) for the baseline, by `SWEEPS` of
///            least squares when the model is made; nothing for the similarities, which are counted
/// Updates    s_ij = n_ij / (n_ij + lambda_2) rho_ij, rho_ij = sum x y / sqrt(sum x^2 sum y^2) over the
///            n_ij users who rated both, with x = r_ui - b_ui and y = r_uj - b_uj; a step is one row
/// Cost       the one pass O(sum over users of |R(u)|^2); a prediction O(`kept`); 8 `kept` bytes an item.
///            Only the `kept` most similar of each item, those with s_ij > 0 and n_ij >= `support`, are known to
///            a prediction.
/// Source     Koren (KDD 2008), eqs. 2 and 3, lambda_2 = 100 as there. Not in the paper: lambda_3, which
///            shrinks towards b_ui where neighbors say little (Koren and Bell, Recommender Systems
///            Handbook, 2011, eq. 5.18), and the power p of the weights, where they recommend p = 2: the
///            case amplification of Breese, Heckerman and Kadie (1998). lambda_3 = 0 and p = 1 give eq. 3. Defaults by 5-fold error on
///            MovieLens latest-small: items .8401, with lambda_3 = 0 and p = 1 .8602
#[derive(Debug, Clone)]
pub struct Knn {
    pub(super) train: Arc<Ratings>,
    settings: Settings,
    pub(super) b: Biases,
    s: Neighbors,
    neighbors: usize,
    kept: usize,
    lambda: f32,
    lambda_3: f32,
    power: Power,
}

/// p: of the usual ones the power is exact, and far quicker.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Power {
    One,
    Two,
    Other(f32),
}

impl Power {
    #[expect(clippy::float_cmp, reason = "any other number is another power, however near")]
    fn new(p: f64) -> Self {
        if p == 1.0 {
            Self::One
        } else if p == 2.0 {
            Self::Two
        } else {
            Self::Other(p as f32)
        }
    }
}

/// A neighbor who speaks in a prediction.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Speaker {
    /// The item j, or the user v.
    pub id: usize,
    /// s_ij or s_uv.
    pub similarity: f32,
    /// r_uj - b_uj or r_vi - b_vi.
    pub residual: f32,
    /// Its weight in the sum.
    pub weight: f32,
    /// Its part of the prediction.
    pub share: f32,
}

impl Knn {
    /// The baseline is fitted, no similarity is counted yet.
    pub fn new(spec: &Spec, side: Side, train: Arc<Ratings>) -> Self {
        let measure = spec.choice("similarity");
        Self {
            lambda_3: spec.get("lambda_3") as f32,
            power: Power::new(spec.get("power")),
            ..Self::plain(spec, (side, measure), train)
        }
    }

    /// With the similarities themselves for weights.
    pub(super) fn plain(
        spec: &Spec,
        (side, measure): (Side, Measure),
        train: Arc<Ratings>,
    ) -> Self {
        let rows = side.rows(&train);
        let kept = spec.count("kept").min(rows.saturating_sub(1)).max(1);
        let lambda = spec.get("lambda") as f32;
        Self {
            settings: Settings {
                side,
                measure,
                shrinkage: spec.get("lambda_2") as f32,
                support: spec.count("support") as u32,
                above: 0.0,
            },
            b: Baseline::fitted(&train, lambda, SWEEPS),
            s: Neighbors::empty(rows, kept),
            neighbors: spec.count("neighbors"),
            kept,
            lambda,
            lambda_3: 0.0,
            power: Power::One,
            train,
        }
    }

    /// What the baseline leaves of every rating in one line of the other side, by row; NaN where there
    /// is no rating.
    pub(super) fn residuals(&self, opposite: usize, residuals: &mut [f32]) {
        let side = self.settings.side;
        for (row, r) in side.other().line(&self.train, opposite).iter() {
            let (u, i) = side.pair(row, opposite);
            residuals[row] = r - self.b.sum(u, i, &mut ());
        }
    }

    /// Those who speak for user and item, the most similar first, with similarity and residual.
    pub(super) fn speaking<'a>(
        &'a self,
        (u, i): (usize, usize),
        residuals: &'a [f32],
    ) -> impl Iterator<Item = (usize, f32, f32)> + Clone + 'a {
        let row = self.row(u, i);
        let known = self.s.row(row).map(|(id, s)| (id, s, residuals[id]));
        known.filter(|&(_, s, e)| s > 0.0 && !e.is_nan()).take(self.neighbors)
    }

    /// s^p.
    fn weight(&self, s: f32) -> f32 {
        match self.power {
            Power::One => s,
            Power::Two => s * s,
            Power::Other(p) => libm::powf(s, p),
        }
    }

    fn addend(&self) -> &'static Addend {
        match self.settings.side {
            Side::Items => &OF_ITEMS,
            Side::Users => &OF_USERS,
        }
    }

    /// Who speaks in the prediction for `u` and `i`, the most similar first.
    pub fn speakers(&self, u: usize, i: usize) -> Vec<Speaker> {
        let side = self.settings.side;
        let mut residuals = vec![f32::NAN; side.rows(&self.train)];
        self.residuals(if side == Side::Items { u } else { i }, &mut residuals);
        let speaking = self.speaking((u, i), &residuals);
        let weights = speaking.clone().map(|(_, s, _)| self.weight(s));
        let below = weights.fold(self.lambda_3, |sum, weight| sum + weight);
        let speaker = |(id, similarity, residual)| {
            let weight = self.weight(similarity);
            let share = if below > 0.0 { weight * residual / below } else { 0.0 };
            Speaker { id, similarity, residual, weight, share }
        };
        speaking.map(speaker).collect()
    }

    /// What two rows share: the sums, the correlation before shrinkage and the similarity, and each
    /// rater with what is compared.
    pub fn pair(&self, row: usize, other: usize) -> Pair {
        let (shared, raters) = self.settings.shared(&self.train, &self.b, (row, other));
        let (rho, similarity) = self.settings.similarity(&shared);
        Pair { shared, rho, similarity, raters }
    }

    /// Everybody who could speak: the other items that `u` rated, or the other users who rated `i`, each
    /// with rating and residual.
    pub fn candidates(&self, u: usize, i: usize) -> Vec<(usize, f32, f32)> {
        let side = self.settings.side;
        let (own, opposite) = if side == Side::Items { (i, u) } else { (u, i) };
        let line = side.other().line(&self.train, opposite).iter();
        let residual = |(id, r)| {
            let (u, i) = side.pair(id, opposite);
            (id, r, r - self.b.sum(u, i, &mut ()))
        };
        line.filter(|&(id, _)| id != own).map(residual).collect()
    }

    /// The row whose neighbors speak for `u` and `i`: the item, or the user.
    pub fn row(&self, u: usize, i: usize) -> usize {
        if self.settings.side == Side::Items { i } else { u }
    }

    /// Whose rows are compared: items', or users'.
    pub fn axis(&self) -> Axis {
        self.settings.side.axis()
    }

    /// How many rows there are.
    pub fn rows(&self) -> usize {
        self.s.rows()
    }

    /// The baseline b_ui.
    pub fn baseline(&self, u: usize, i: usize) -> f32 {
        self.b.sum(u, i, &mut ())
    }

    /// The most similar rows of a row that are kept, with their similarities.
    pub fn similar(&self, row: usize) -> impl Iterator<Item = (usize, f32)> + '_ {
        self.s.row(row).filter(|&(_, s)| s > 0.0)
    }
}

/// What two rows share.
#[derive(Debug, Clone, PartialEq)]
pub struct Pair {
    /// The sums over those who rated both.
    pub shared: Shared,
    /// The similarity before shrinkage.
    pub rho: f32,
    /// s_ij.
    pub similarity: f32,
    /// Who rated both, with what is compared: the residuals, or the ratings.
    pub raters: Vec<(usize, f32, f32)>,
}

impl State for Knn {
    fn train(&self) -> &Arc<Ratings> {
        &self.train
    }

    fn parameters(&self) -> Vec<Parameter<'_>> {
        let (axis, ids, values) = (self.axis(), self.s.ids(), self.s.similarities());
        self.b.parameters(&[Parameter::neighbors(
            "s_ij",
            ("s", "ij"),
            axis,
            self.kept,
            ids,
            values,
        )])
    }

    fn values_mut(&mut self) -> Vec<&mut [f32]> {
        self.b.values_mut([self.s.similarities_mut()])
    }
}

/// What the baseline leaves of every rating in the line that a prediction looks at: the user's, or, where
/// users are compared, the item's.
pub struct Residuals {
    /// By row; NaN where there is no rating.
    pub(super) of: Vec<f32>,
    /// The line, where one has been taken up.
    line: Option<usize>,
}

impl Knn {
    fn take_up(&self, line: usize, residuals: &mut Residuals) {
        if let Some(before) = residuals.line.replace(line) {
            for &row in self.settings.side.other().line(&self.train, before).ids {
                residuals.of[row as usize] = f32::NAN;
            }
        }
        self.residuals(line, &mut residuals.of);
    }
}

impl Predict for Knn {
    type Context = Residuals;

    fn context(&self) -> Residuals {
        Residuals { of: vec![f32::NAN; self.s.rows()], line: None }
    }

    fn at_user(&self, u: usize, residuals: &mut Residuals) {
        if self.settings.side == Side::Items {
            self.take_up(u, residuals);
        }
    }

    fn at_item(&self, _u: usize, i: usize, _when: Moment, residuals: &mut Residuals) {
        if self.settings.side == Side::Users {
            self.take_up(i, residuals);
        }
    }

    // lesson: predict
    fn sum<L: Listen>(&self, u: usize, i: usize, beside: &Residuals, listen: &mut L) -> f32 {
        let (mut above, mut below) = (0.0, self.lambda_3);
        for (_, s, e) in self.speaking((u, i), &beside.of) {
            let weight = self.weight(s);
            above += weight * e;
            below += weight;
        }
        let neighbors = if below > 0.0 { above / below } else { 0.0 };
        let baseline = self.b.sum(u, i, listen);
        listen.term(self.addend(), neighbors);
        baseline + neighbors
    }
    // lesson: end

    fn because(&self, u: usize, i: usize, _residuals: &Residuals) -> Vec<(usize, f32)> {
        match self.settings.side {
            Side::Items => self.speakers(u, i).into_iter().map(|one| (one.id, one.share)).collect(),
            Side::Users => Vec::new(),
        }
    }

    fn share(&self) -> Option<RatedShare> {
        let of_items = self.settings.side == Side::Items;
        of_items.then_some(SHARE)
    }
}

/// Who counts with whom.
pub enum Work {
    /// A pass: each pair once, for all rows together.
    Pairs(Box<Pairs>),
    /// An explained step: one row with all others.
    Row(Box<Scan>),
}

impl Sweep for Knn {
    type Work = Work;

    const COUNTS: bool = true;

    fn stages(&self) -> &'static [Stage] {
        match self.settings.side {
            Side::Items => &[Stage::Each(Side::Items)],
            Side::Users => &[Stage::Each(Side::Users)],
        }
    }

    fn work(&self, at: At, hears: bool) -> Work {
        let scan = Scan::new(self.settings, &self.train, &self.b);
        if hears {
            return Work::Row(Box::new(scan));
        }
        let mut pairs = self.s.pairs(scan);
        (0..at.row).for_each(|place| pairs.count(place));
        Work::Pairs(Box::new(pairs))
    }

    /// In a pass a unit is a place, by falling number of raters; in an explained step it is the row.
    fn unit<L: Listen>(&mut self, at: At, work: &mut Work, listen: &mut L) -> bool {
        match work {
            Work::Pairs(pairs) => pairs.count(at.row),
            Work::Row(scan) => self.count_row(at.row, scan, listen),
        }
        true
    }

    fn end(&mut self, _epoch: usize, _stage: Stage, work: Work) {
        if let Work::Pairs(pairs) = work {
            self.s.take(*pairs);
        }
    }

    fn objective(&self) -> f64 {
        let error = |Rating { u, i, r }| square(r - self.b.sum(u, i, &mut ()));
        self.train.iter().map(error).sum::<f64>() + f64::from(self.lambda) * self.b.all_squares()
    }

    fn operations(&self) -> f64 {
        let side = self.settings.side;
        let lines = (0..side.other().rows(&self.train)).map(|n| side.other().line(&self.train, n));
        lines.map(|line| 3.0 * line.len() as f64 * line.len() as f64).sum()
    }

    /// Whose the similarities are.
    fn memory(&self) -> Memory {
        Memory::of(self.s.ids().to_vec())
    }

    fn recall(&mut self, memory: &Memory) {
        if let Some(ids) = memory.get::<Vec<u32>>() {
            self.s.ids_mut().copy_from_slice(ids);
        }
    }
}

impl Knn {
    /// Counts one row with all others, and puts its list in place.
    fn count_row<L: Listen>(&mut self, n: usize, scan: &mut Scan, listen: &mut L) {
        let side = self.settings.side;
        listen.term(&RATED, side.line(&self.train, n).len() as f32);
        listen.term(&SIMILAR, scan.row(n) as f32);
        let before: Vec<f32> = self.s.similarities()[self.s.range(n)].to_vec();
        self.s.set(n, scan.top(self.kept));
        let after = &self.s.similarities()[self.s.range(n)];
        for (slot, (&before, &after)) in before.iter().zip(after).enumerate() {
            if before.to_bits() != after.to_bits() {
                listen.update(place(OWN, n, slot), before, || before - after, after);
            }
        }
        if let Some((id, s)) = self.s.row(n).next() {
            let Shared { n, xy, xx, yy, .. } = self.pair(n, id).shared;
            for (addend, value) in LARGEST.iter().zip([n, xy, xx, yy, s]) {
                listen.term(addend, value);
            }
        }
    }
}
