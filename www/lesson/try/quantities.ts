// What a `try` block can ask for, by name: the one list that the build's check and both tests read.

/** How a name is used: how much may stand in round and in square brackets after it. */
interface Use {
  of?: readonly [least: number, most: number];
  at?: readonly [least: number, most: number];
  about: string;
}

/** What is computed from other expressions, for both kinds of tests. */
export const FUNCTIONS = {
  abs: { of: [1, 1], about: 'the size of a number' },
  least: { of: [1, 1], about: 'the least of the values that the runs of `over` give' },
  most: { of: [1, 1], about: 'the largest of them' },
  mean: { of: [1, 1], about: 'their mean' },
  spread: { of: [1, 1], about: 'their standard deviation' },
  count: { of: [1, 1], about: 'for how many of the runs of `over` something holds' },
  least_alike: {
    of: [1, 1],
    about: 'how much the least alike two runs of `over` have in common: a correlation or a share',
  },
  most_alike: { of: [1, 1], about: 'the same for the most alike two' },
  mean_alike: { of: [1, 1], about: 'the same on average over all pairs of runs' },
} as const satisfies Record<string, Use>;

/** Functions that look at all runs of `over` at once. */
export const OVER_RUNS: readonly string[] = [
  'least',
  'most',
  'mean',
  'spread',
  'count',
  'least_alike',
  'most_alike',
  'mean_alike',
];

/** What the engine can be asked after a training, a walk or folds. Epochs, users and items count from 1. */
export const QUANTITIES = {
  train_rmse: { at: [0, 1], about: 'training RMSE at the end, or after an epoch' },
  test_rmse: { at: [0, 1], about: 'test RMSE at the end, or after an epoch' },
  validation_rmse: {
    at: [0, 1],
    about: 'validation RMSE at the end, or after an epoch; set validation=0.1 to have such a part',
  },
  lowest_rmse: { about: 'the lowest validation RMSE of all epochs' },
  lowest_epoch: { about: 'the epoch that has it' },
  chosen_rmse: { about: 'the test RMSE of that epoch' },
  epochs: { about: 'how many epochs are kept: all, or those up to the best where it diverged' },
  diverged: { about: 'whether the training diverged' },
  diverged_epoch: { about: 'in which epoch it did' },
  singular: { at: [0, 1], about: 'systems without a unique solution in the last epoch, or in one' },
  operations: { at: [0, 1], about: 'multiplications up to the end, or up to an epoch' },
  rmse: {
    at: [0, 1],
    about: 'RMSE over all known ratings on a walk, not clamped; or after a step',
  },
  rises: { about: 'after how many steps of a walk the objective is larger than before' },
  rmse_rises: { about: 'after how many the RMSE is' },
  error: { about: 'error of the rating of the last step of a walk, before the step' },
  error_after: { about: 'error of the same rating after it' },
  step: { about: 'the step that a walk reached' },
  objective: { about: 'squared errors plus penalties' },
  fingerprint: { about: 'the hash of all parameters' },
  r: { at: [2, 2], about: 'the prediction for a user and an item of a small data set' },
  farthest_known: { about: 'the largest error on a known rating of a small data set' },
  norm: { of: [1, 1], about: 'the length of all values of a parameter as one vector' },
  largest: { of: [1, 1], about: 'the largest size of any value of a parameter' },
  length: {
    of: [1, 1],
    at: [0, 2],
    about:
      'mean length of a parameter’s vectors; of items with at least, and at most, so many ratings',
  },
  cosines: {
    at: [1, 1],
    about: 'the cosines of all pairs of items with at least so many ratings, for `alike`',
  },
  nearest: {
    at: [2, 2],
    about: 'of the items with at least so many ratings, so many nearest to each, for `alike`',
  },
  moved: { of: [1, 1], about: 'the most that any value of a parameter has changed on a walk' },
  distinct_films: { about: 'how many different films the lists of ten of all users hold together' },
  most_listed: { about: 'in how many of these lists the most frequent film is' },
  above_scale: {
    about: 'which part of the places in these lists has a prediction above the scale',
  },
  listed_addend: {
    of: [1, 1],
    about: 'median size in these lists of the addend of this name',
  },
  tier_size: {
    of: [1, 1],
    at: [0, 1],
    about:
      'mean size of what a tier of the integrated model adds, in the lists of ten or in a user’s',
  },
  top_count: {
    at: [1, 1],
    about: 'ratings of the first film for user 1, of films with at least so many',
  },
  mates: { about: 'how many ratings the user of a rating has given, on average over all ratings' },
  rare_items: { at: [1, 1], about: 'which part of the items has fewer ratings than so many' },
  cv_rmse: { at: [0, 1], about: 'mean test RMSE over the folds, or that of one fold' },
  cv_spread: { about: 'its standard deviation over the folds' },
  test_rank: { about: 'expected percentile rank on the test set, in percent' },
  cv_rank: { about: 'its mean over the folds' },
  cold_rmse: {
    at: [1, 1],
    about:
      'RMSE for users or items made cold group by group, of each of whom so many ratings are known',
  },
  users: { about: 'how many users the data has' },
  items: { about: 'how many items' },
  ratings: { about: 'how many ratings' },
} as const satisfies Record<string, Use>;

/** Parameters of the models; `p_u[2][1]` is component 1 of user 2. */
export const PARAMETERS: readonly string[] = [
  'mu',
  'b_u',
  'b_i',
  'p_u',
  'q_i',
  'y_j',
  'x_j',
  'z_u',
  'w_ij',
  'c_ij',
  'alpha_u',
];

/** What is read off the live part on the page. */
export const PLACES = {
  cell: {
    of: [1, 2],
    about: 'the number in the row of a table whose heading holds these words; in its nth cell',
  },
  shows: { of: [1, 1], about: 'whether the live part shows these words' },
  value: { of: [1, 1], about: 'the number in the field with this label' },
} as const satisfies Record<string, Use>;

/** The name of something that the engine can be asked. */
export type Quantity = keyof typeof QUANTITIES;
/** The name of something that can be read off the page. */
export type Place = keyof typeof PLACES;

const USES: Readonly<Record<string, Use>> = {
  ...FUNCTIONS,
  ...QUANTITIES,
  ...PLACES,
  ...Object.fromEntries(PARAMETERS.map((name) => [name, { at: [0, 2], about: 'a parameter' }])),
};

/** What is wrong with the use of a name, if anything. */
export function misuse(name: string, of: number, at: number): string | undefined {
  const use = USES[name];
  if (!use) return `unknown quantity \`${name}\`; there is ${Object.keys(USES).join(', ')}`;
  const between = (found: number, [least, most]: readonly [number, number] = [0, 0]): boolean =>
    least <= found && found <= most;
  if (!between(of, use.of)) return `\`${name}\` takes other arguments: ${use.about}`;
  if (!between(at, use.at)) return `\`${name}\` takes other indices: ${use.about}`;
  return undefined;
}

/** Who can answer for a name: the engine alone, the page alone, or both. */
export function answeredBy(name: string): 'engine' | 'page' | 'both' {
  if (name in PLACES) return 'page';
  return name in FUNCTIONS ? 'both' : 'engine';
}
