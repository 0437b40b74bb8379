// The colours of lines in charts, drawn by the engine. They are those of the light theme in
// styles/tokens.css; the dark theme replaces each by its attribute there. Okabe and Ito's set, darkened
// where text needs it: told apart by the colour-blind as well.

const rgb = (hex: string): Uint8Array =>
  Uint8Array.from([1, 3, 5], (at) => Number.parseInt(hex.slice(at, at + 2), 16));

/**
 * Names of the tokens and their colours, and the models'. There are fewer colours than models: those that
 * stand in one chart differ.
 */
export const PALETTE = {
  user: '#0072B2',
  item: '#B84F00',
  error: '#A3195B',
  train: '#6B7280',
  validation: '#007A5A',
  test: '#0072B2',
  baseline: '#6B7280',
  'item-knn': '#B84F00',
  'user-knn': '#0072B2',
  'interpolated-knn': '#6A3FA0',
  neighborhood: '#007A5A',
  svd: '#0072B2',
  als: '#B84F00',
  svdpp: '#007A5A',
  'truncated-svd': '#B84F00',
  nmf: '#007A5A',
  pmf: '#007A5A',
  bpmf: '#6A3FA0',
  nsvd: '#B84F00',
  'asymmetric-svd': '#6A3FA0',
  integrated: '#6A3FA0',
  attributes: '#6A3FA0',
  timesvd: '#6A3FA0',
  timesvdpp: '#6A3FA0',
  confidence: '#6A3FA0',
  'implicit-als': '#6A3FA0',
} as const;

/** Red, green and blue of a token. */
export function color(name: keyof typeof PALETTE): Uint8Array {
  return rgb(PALETTE[name]);
}

/** The colour of a line: a token's, or a model's, the same on every page. */
export function modelColor(id: string): Uint8Array {
  return rgb(PALETTE[id as keyof typeof PALETTE] ?? PALETTE.error);
}
