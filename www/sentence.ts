/** Whatever was thrown as a sentence: the engine's words, with a capital and a full stop. */
export function sentence(error: unknown): string {
  const text = (error instanceof Error ? error.message : String(error)).trim();
  // A file's name at the beginning stays as it is.
  const named = /^[^\s,:]+[.,:]/.test(text);
  const start = named ? text : text.charAt(0).toUpperCase() + text.slice(1);
  return /[.!?]$/.test(start) ? start : `${start}.`;
}
