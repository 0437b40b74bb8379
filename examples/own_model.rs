//! A model of one's own, trained and walked through by the library: `cargo run --example own_model`. It says what
//! it predicts and what it does for an item; the shape that fits, `Sweeps`, makes a model of that.

use std::sync::Arc;

use factorscope::data::{Ratings, split, toy};
use factorscope::models::shape::{At, Predict, Stage, State, Sweep, Sweeps};
use factorscope::models::{Axis, Learning, Model, Parameter, Side, Task};
use factorscope::trace::{Addend, AddendKind, Listen, Place};
use factorscope::train::{About, Ask, TrainError, Training};
use factorscope::walk::Walk;

/// What a prediction is made of.
static MEAN: Addend = Addend::new(AddendKind::Mean, "mu", r"\mu", "the mean of all ratings");
static BIAS: Addend = Addend::new(AddendKind::Bias, "b_i", "b_i", "how far the item lies from it");

/// How far each item lies from the mean of all ratings: r^_ui = mu + b_i, where b_i is the sum of r_ui - mu
/// over the users who rated i, divided by their number and lambda = 1.
struct ItemBiases {
    train: Arc<Ratings>,
    mu: f32,
    b_i: Vec<f32>,
}

impl ItemBiases {
    fn new(train: Arc<Ratings>) -> Self {
        Self { mu: train.mean(), b_i: vec![0.0; train.items()], train }
    }

    fn learn<L: Listen>(&mut self, i: usize, listen: &mut L) {
        let (before, rated) = (self.b_i[i], self.train.column(i).ratings);
        let sum: f32 = rated.iter().map(|r| r - self.mu).sum();
        let n = 1.0 + rated.len() as f32;
        let place = Place { parameter: 0, row: i, column: 0 };
        self.b_i[i] = listen.update(place, before, || n * before - sum, sum / n);
    }
}

impl State for ItemBiases {
    fn train(&self) -> &Arc<Ratings> {
        &self.train
    }

    fn parameters(&self) -> Vec<Parameter<'_>> {
        vec![Parameter::scalars("b_i", ("b", "i"), Axis::Item, &self.b_i)]
    }

    fn values_mut(&mut self) -> Vec<&mut [f32]> {
        vec![&mut self.b_i]
    }
}

impl Predict for ItemBiases {
    type Context = ();

    fn context(&self) {}

    fn sum<L: Listen>(&self, _u: usize, i: usize, (): &(), listen: &mut L) -> f32 {
        listen.term(&MEAN, self.mu);
        listen.term(&BIAS, self.b_i[i]);
        self.mu + self.b_i[i]
    }
}

/// It learns item by item, and nothing is shared between them.
impl Sweep for ItemBiases {
    type Work = ();

    fn stages(&self) -> &'static [Stage] {
        &[Stage::Each(Side::Items)]
    }

    fn work(&self, _at: At, _hears: bool) {}

    fn unit<L: Listen>(&mut self, at: At, (): &mut (), listen: &mut L) -> bool {
        self.learn(at.row, listen);
        true
    }

    fn objective(&self) -> f64 {
        let errors = self.train.iter().map(|x| x.r - self.mu - self.b_i[x.i]);
        errors.chain(self.b_i.iter().copied()).map(|x| f64::from(x * x)).sum()
    }

    fn operations(&self) -> f64 {
        self.train.len() as f64
    }
}

fn own_model(train: Arc<Ratings>) -> Box<dyn Model> {
    Box::new(Sweeps::new(ItemBiases::new(train)))
}

/// One pass over the toy table: the model solves, so that more change nothing.
fn trained() -> Result<Training, TrainError> {
    let remedy = "Look for ratings that are no numbers.";
    let about = About { task: Task::Rating, learning: Learning::Solving, remedy };
    let split = split::everything(&toy::toy().ratings);
    let mut training = Training::with_model(own_model, about, split, Ask::All, || 0.0)?;
    training.pass()?;
    Ok(training)
}

fn main() -> Result<(), TrainError> {
    for epoch in trained()?.history() {
        println!("epoch {}: on the training set {:?}", epoch.epoch, epoch.train);
    }
    let train = toy::toy().ratings;
    let mut walk = Walk::with_model(own_model(Arc::clone(&train)), train, Task::Rating);
    for _ in 0..walk.position().per_epoch {
        if let Some(step) = walk.forward() {
            println!("{:?}: {:?}", step.subject, step.updates);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use factorscope::eval::MetricId;

    use super::*;

    #[test]
    fn the_library_trains_it_to_the_biases_that_are_worked_out_by_hand() {
        let training = trained().unwrap();
        // The mean is 2.2; the items have 2 and 1, 4, and 1 and 3.
        let expected = [-1.4 / 3.0, 1.8 / 2.0, -0.4 / 3.0];
        for (b_i, expected) in training.model().parameters()[0].values.iter().zip(expected) {
            assert!((b_i - expected).abs() < 1e-6, "{b_i}, not {expected}");
        }
        let rmse = |n: usize| training.history()[n].train.get(MetricId::Rmse).unwrap();
        assert!(rmse(1) < rmse(0));
        assert_eq!(training.receipt(), None);
    }

    #[test]
    fn the_library_walks_through_it_to_the_same_bits_and_back() {
        let train = toy::toy().ratings;
        let model = own_model(Arc::clone(&train));
        let mut walk = Walk::with_model(model, train, Task::Rating);
        walk.jump(3);
        let training = trained().unwrap();
        assert_eq!(walk.model().parameters()[0].values, training.model().parameters()[0].values);
        walk.jump(0);
        assert_eq!(walk.model().parameters()[0].values, [0.0; 3]);
    }
}
