//! Mini-batches: networks that predict many ratings at once, by forward and backward.

use std::any::Any;
use std::ops::Range;

use super::State;
use super::optimizer::{Gradients, Moments, Optimizer};
use crate::data::Rating;
use crate::models::order::{Order, Visits};
use crate::models::{Memory, Model, Parameter};
use crate::trace::{Explanation, Layer, Listen, Step, Subject};

/// A user and an item.
pub type Cell = (usize, usize);

/// What a prediction that is off costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Loss {
    /// (r - x)^2.
    Squared,
    /// -2 (r ln s + (1 - r) ln(1 - s)) with s = 1 / (1 + e^-x), for r between 0 and 1.
    Logistic,
}

impl Loss {
    /// The loss of a prediction x.
    pub fn of(self, r: f32, x: f32) -> f64 {
        let (r, x) = (f64::from(r), f64::from(x));
        match self {
            Self::Squared => (r - x) * (r - x),
            // ln(1 + e^x) without overflow.
            Self::Logistic => 2.0 * (x.max(0.0) + libm::log1p(libm::exp(-x.abs())) - r * x),
        }
    }

    /// The derivative of half of it with respect to x.
    pub fn slope(self, r: f32, x: f32) -> f32 {
        match self {
            Self::Squared => x - r,
            Self::Logistic => 1.0 / (1.0 + libm::expf(-x)) - r,
        }
    }
}

/// A network; [`Batched`] makes a [`Model`] of it. What a cell is predicted does not depend on the others
/// in its batch.
pub trait Network: State {
    /// What forward leaves for backward: what the layers made of each cell.
    type Tape;

    /// An empty one.
    fn tape(&self) -> Self::Tape;

    /// Predicts each of these cells. Whoever listens asks for one cell and hears its addends.
    fn forward<L: Listen>(
        &self,
        cells: &[Cell],
        tape: &mut Self::Tape,
        out: &mut [f32],
        listen: &mut L,
    );

    /// Adds to each parameter's gradient, over the cells that forward just predicted, the sum of slope times
    /// the derivative of the prediction.
    fn backward(&self, cells: &[Cell], tape: &mut Self::Tape, slopes: &[f32], to: &mut Gradients);

    /// What the layers made of a batch, after backward.
    fn layers(&self, _tape: &Self::Tape) -> Vec<Layer> {
        Vec::new()
    }

    /// What is minimized.
    fn loss(&self) -> Loss {
        Loss::Squared
    }

    /// lambda of each parameter, in the order of [`State::parameters`].
    fn penalties(&self) -> Vec<f32>;

    /// Multiplications for one rating, forward and backward, to the leading order.
    fn operations(&self) -> f64;
}

/// A [`Model`] that learns from one batch of ratings after the other, shuffled anew in each epoch. A unit of
/// work, as an explained step, is a batch.
///
/// Minimizes for each batch the mean of the loss + lambda |x|^2 over all rows of parameters it reaches; a
/// gradient is the derivative of half of that.
pub struct Batched<N: Network> {
    model: N,
    moments: Moments,
    size: usize,
    seed: u64,
    visits: Option<(usize, Visits)>,
    room: Room<N>,
}

/// Room for a batch.
struct Room<N: Network> {
    ratings: Vec<Rating>,
    cells: Vec<Cell>,
    out: Vec<f32>,
    slopes: Vec<f32>,
    tape: N::Tape,
    gradients: Gradients,
}

impl<N: Network> Batched<N> {
    /// Batches of `size` ratings, whose gradients this optimizer follows. The seed decides the order of each
    /// epoch.
    pub fn new(model: N, optimizer: Optimizer, size: usize, seed: u64) -> Self {
        let parameters = model.parameters();
        let room = Room {
            ratings: Vec::new(),
            cells: Vec::new(),
            out: Vec::new(),
            slopes: Vec::new(),
            tape: model.tape(),
            gradients: Gradients::new(&parameters),
        };
        let moments = Moments::new(optimizer, &parameters);
        Self { moments, size: size.max(1), seed, visits: None, room, model }
    }

    /// Takes up the ratings of the n-th batch of an epoch.
    fn take_up(&mut self, epoch: usize, n: usize) {
        let train = self.model.train();
        let visits = Order::Shuffled.known(&mut self.visits, train, self.seed, epoch);
        let batch = visits.positions().chunks(self.size).nth(n).unwrap_or_default();
        let Room { ratings, cells, .. } = &mut self.room;
        ratings.clear();
        ratings.extend(batch.iter().map(|&n| train.nth(n as usize)));
        cells.clear();
        cells.extend(ratings.iter().map(|rating| (rating.u, rating.i)));
    }

    /// Forward, backward, and a step of the optimizer for the ratings taken up.
    fn learn<L: Listen>(&mut self, listen: &mut L) {
        let Self { model, moments, room, .. } = self;
        let Room { ratings, cells, out, slopes, tape, gradients } = room;
        let (loss, share) = (model.loss(), 1.0 / cells.len() as f32);
        out.resize(cells.len(), 0.0);
        model.forward(cells, tape, out, &mut ());
        slopes.clear();
        slopes.extend(ratings.iter().zip(&*out).map(|(x, &out)| share * loss.slope(x.r, out)));
        gradients.clear();
        model.backward(cells, tape, slopes, gradients);
        let penalty = gradients.penalize(&model.penalties(), &model.parameters());
        listen.objective(|| mean_loss(loss, ratings, out) + penalty);
        listen.layers(|| model.layers(tape));
        moments.apply(model.values_mut(), gradients, listen);
    }

    /// Predicts many cells, batch by batch, so that room is for one batch.
    fn predict_each(&self, cells: &[Cell], out: &mut [f32]) {
        let mut tape = self.model.tape();
        for (cells, out) in cells.chunks(self.size).zip(out.chunks_mut(self.size)) {
            self.model.forward(cells, &mut tape, out, &mut ());
        }
    }
}

fn mean_loss(loss: Loss, ratings: &[Rating], out: &[f32]) -> f64 {
    let each = ratings.iter().zip(out).map(|(rating, &x)| loss.of(rating.r, x));
    each.sum::<f64>() / ratings.len().max(1) as f64
}

impl<N: Network> Model for Batched<N> {
    fn predict_many(&self, u: usize, items: &[u32], out: &mut [f32]) {
        let cells: Vec<Cell> = items.iter().map(|&i| (u, i as usize)).collect();
        self.predict_each(&cells, out);
    }

    fn explain(&self, u: usize, i: usize) -> Explanation {
        let mut explanation = Explanation::default();
        self.model.forward(&[(u, i)], &mut self.model.tape(), &mut [0.0], &mut explanation);
        explanation
    }

    fn units(&self) -> usize {
        self.model.train().len().div_ceil(self.size)
    }

    fn advance(&mut self, epoch: usize, units: Range<usize>) {
        for n in units {
            self.take_up(epoch, n);
            self.learn(&mut ());
        }
    }

    fn steps(&self) -> usize {
        self.units()
    }

    fn step(&mut self, epoch: usize, n: usize) -> Step {
        self.take_up(epoch, n);
        let subject = Subject::Batch(self.room.ratings.clone());
        let mut step = Step::new(subject, &self.model.parameters());
        self.learn(&mut step);
        step
    }

    fn operations(&self) -> f64 {
        self.model.operations() * self.model.train().len() as f64
    }

    /// The mean of the loss over the training set + lambda |x|^2 over all parameters.
    fn objective(&self) -> f64 {
        let ratings: Vec<Rating> = self.model.train().iter().collect();
        let cells: Vec<Cell> = ratings.iter().map(|rating| (rating.u, rating.i)).collect();
        let mut out = vec![0.0; cells.len()];
        self.predict_each(&cells, &mut out);
        let mut sum = mean_loss(self.model.loss(), &ratings, &out);
        for (parameter, lambda) in self.model.parameters().iter().zip(self.model.penalties()) {
            let squares = parameter.rows().flatten().map(|&x| f64::from(x) * f64::from(x));
            sum += f64::from(lambda) * squares.sum::<f64>();
        }
        sum
    }

    fn parameters(&self) -> Vec<Parameter<'_>> {
        self.model.parameters()
    }

    fn values_mut(&mut self) -> Vec<&mut [f32]> {
        self.model.values_mut()
    }

    /// What the optimizer remembers.
    fn memory(&self) -> Memory {
        Memory::of(self.moments.clone())
    }

    fn recall(&mut self, memory: &Memory) {
        if let Some(moments) = memory.get::<Moments>() {
            self.moments.clone_from(moments);
        }
    }

    fn inner(&self) -> Option<&dyn Any> {
        Some(&self.model)
    }
}
