/** The views a lab can show, and what a reader sees in each. */
export const VIEWS = {
  model: 'a choice among all models, with the formulas of the one chosen',
  controls: 'the hyperparameters and the seed',
  table: 'the toy table, whose cells can be edited',
  means: 'mean and biases as formula, formula with numbers, result',
  'least-squares': 'the regularized least squares beside the means',
  walk: 'one step at a time, forward and back, every touched number before and after',
  order: 'what changes when q_i learns from the new p_u',
  landscape: 'one rating, one factor: the objective as a map, crossed by alternating solutions',
  zeros: 'what changes when unrated cells count as zeros',
  neighbors: 'one prediction from neighbors: who speaks, and what two of them share',
  interpolation: 'the linear system behind one prediction, and its weights beside the similarities',
  race: 'several models on the same split',
  'weighted-mean': 'three ratings, their confidences, and the weighted mean',
  shortcut: 'one user’s matrix added up with and without the shortcut',
  drift: 'how a user’s bias moves away from the mean date of the ratings',
  'bias-curves': 'the bias of a film and of a user over the years',
  'time-splits': 'what may change with time, on three ways to hold back ratings',
  train: 'training with progress, errors, and a button to cancel',
  tiers: 'one user’s predictions taken apart into baseline, factors and neighborhood',
  slip: 'the integrated model with the y_j multiplied by q_i and by p_u, side by side',
  'fold-in': 'somebody who is not in the data rates films and is predicted at once',
  parts: 'the films and genres of each nonnegative factor, and a prediction as their sum',
  taste: 'a user and two films as vectors with named features, which can be edited and turned',
  factors: 'the films of a trained model along its factors: lists, a map, a turn',
  seeds: 'the factors of two seeds beside each other, and what comes back of the angles',
  sweep: 'one training for each of several lambda: errors, or on the toy the biases',
  variance: 'which part of the variance biases and vectors explain',
  decomposition: 'a small filled matrix, the sum of its first triples, and what is left',
  spectrum: 'the singular values of a trained decomposition',
  recommendations: 'the films a user would rate highest',
  'prior-posterior': 'one number: likelihood times prior is posterior',
  'same-numbers': 'the most probable point beside regularized least squares',
  gibbs: 'a Gibbs sampler draw by draw: precision matrix, mean, what was drawn',
  posterior: 'the draws of one rating as a histogram',
  traces: 'how a chain of draws went',
  'new-user': 'a made-up user: attributes to switch, their vectors added up, the films that follow',
  'new-film': 'a made-up film: genres to switch, and what all users would give it',
  'cold-start':
    'errors for new users or films over how many ratings are known, with attributes and without',
} as const;

/** The name of a view. */
export type View = keyof typeof VIEWS;

/** The views that hold ratings back for a test. */
export const SPLITTING: readonly View[] = [
  'train',
  'race',
  'sweep',
  'variance',
  'shortcut',
  'time-splits',
  'cold-start',
  'slip',
  'seeds',
  'zeros',
];

/** Those of them that choose a setting or an epoch, by a part that is held back for that. */
export const CHOOSING: readonly View[] = ['race', 'sweep'];

/** The rating sets a lab can run on. */
export const DATA = [
  'toy',
  'cutout',
  'uneven-cutout',
  'similar-cutout',
  'movielens',
  'simulation',
] as const;

/** The name of a rating set. */
export type Data = (typeof DATA)[number];
