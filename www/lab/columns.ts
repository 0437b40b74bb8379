import type { Columns, Preview } from '../../pkg/factorscope.js';

/** What a column of a table of ratings can be. */
export const ROLES = ['user', 'item', 'rating', 'time'] as const;
export type Role = (typeof ROLES)[number];

/** Which column each is, counted from 0; none where there is none or nobody has said. */
export type Picked = Partial<Record<Role, number>>;

/** What the engine took the columns for. */
export function pickedAtFirst({ roles }: Preview): Picked {
  const known = ROLES.flatMap((role) => {
    const column = roles[role];
    return column === undefined ? [] : [[role, column] as const];
  });
  return Object.fromEntries(known);
}

/** The names of the columns: those of the header, else their numbers. */
export function columnNames({ header, rows }: Preview): string[] {
  const columns = Math.max(header?.length ?? 0, ...rows.map((row) => row.length));
  return Array.from({ length: columns }, (_, n) => header?.[n]?.trim() || `column ${n + 1}`);
}

/** What is still to be said before the table can be read so; nothing where it can. */
export function missing(picked: Picked): string | undefined {
  const wanted = ROLES.filter((role) => role !== 'time' && picked[role] === undefined);
  if (wanted.length > 0) return `Still to be said: ${wanted.join(', ')}.`;
  const columns = Object.values(picked);
  return new Set(columns).size < columns.length
    ? 'One column is said to be two things.'
    : undefined;
}

/**
 * The choice as the engine takes it: numbers counted from 1, for names may be anything. Where it saw a
 * time of its own accord and the reader does not, that is said.
 */
export function columnsOf(picked: Picked, { roles }: Preview): Columns {
  const said = ROLES.flatMap((role) => {
    const column = picked[role];
    return column === undefined ? [] : [[role, String(column + 1)] as const];
  });
  const none = roles.time === undefined ? {} : { time: 'none' };
  return { ...none, ...Object.fromEntries(said) };
}
