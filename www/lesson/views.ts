/** The views a lab can show, and what a reader sees in each. */
export const VIEWS = {
  table: 'the ratings as a table whose cells can be edited',
  predictions: 'the predictions beside the ratings',
  formula: 'the formula, with numbers, with its result',
  parameters: 'the parameters of the model as rows and columns',
  walk: 'one step at a time, every touched number before and after',
  system: 'the linear system of one user or item and its solution',
  loss: 'the loss as it falls',
  errors: 'RMSE and MAE on train and test data',
  race: 'several models on the same split',
  train: 'progress, time left, and a button to cancel',
  recommendations: 'the films a user would rate highest',
} as const;

/** The name of a view. */
export type View = keyof typeof VIEWS;

/** The rating sets a lab can run on. */
export const DATA = ['toy', 'cutout', 'movielens'] as const;

/** The name of a rating set. */
export type Data = (typeof DATA)[number];
