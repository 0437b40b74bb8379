// The colours of lines in charts, drawn by the engine. They are those of the light theme in
// styles/tokens.css; the dark theme replaces each by its attribute there. Okabe and Ito's set, darkened
// where text needs it: told apart by the colour-blind as well.

const rgb = (hex: string): Uint8Array =>
  Uint8Array.from([1, 3, 5], (at) => Number.parseInt(hex.slice(at, at + 2), 16));

/** Names of the tokens and their colours. */
export const PALETTE = {
  user: '#0072B2',
  item: '#B84F00',
  error: '#A3195B',
  train: '#6B7280',
  test: '#0072B2',
  baseline: '#6B7280',
  svd: '#0072B2',
  als: '#B84F00',
  svdpp: '#007A5A',
  pmf: '#007A5A',
} as const;

/** Red, green and blue of a token. */
export function color(name: keyof typeof PALETTE): Uint8Array {
  return rgb(PALETTE[name]);
}

/** The colour of a line: a token's, or a model's, the same on every page. */
export function modelColor(id: string): Uint8Array {
  return rgb(PALETTE[id as keyof typeof PALETTE] ?? PALETTE.error);
}
