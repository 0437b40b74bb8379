// A table of ratings in a reader's hands: what may be typed, and what changes its size.

import { plain } from '../format.ts';
import { LARGEST_TABLE, type Table } from './state.ts';

/** The largest rating that can be typed, either side of zero. */
export const LARGEST_RATING = 1000;

const NUMBER = /^-?(\d{1,4}([.,]\d{0,3})?|[.,]\d{1,3})$/;

/** What was typed into a cell: a number, `null` for nothing at all, or `undefined` where it is neither. */
export function readCell(text: string): number | null | undefined {
  const typed = text.trim().replace('\u2212', '-');
  if (typed === '') return null;
  if (!NUMBER.test(typed)) return undefined;
  const value = Number(typed.replace(',', '.'));
  // No negative zero: it would be shown with a sign.
  return Math.abs(value) <= LARGEST_RATING ? value + 0 : undefined;
}

/** A user and an item of a table, both counted from 0. */
export interface Cell {
  u: number;
  i: number;
}

/** What a cell is called: `user 2, item 1`. */
export function cellName({ i, u }: Cell): string {
  return `user ${u + 1}, item ${i + 1}`;
}

/** What was wrong with a text typed into a cell, and what to do. */
export function cellFault(cell: Cell, text: string, kept: number | null): string {
  const typed = text.trim().slice(0, 12);
  const stays = kept === null ? 'The cell stays empty.' : `The cell keeps ${plain(kept)}.`;
  return (
    `${cellName(cell).replace('user', 'User')}: “${typed}” is no rating. Type a number from ` +
    `\u2212${LARGEST_RATING} to ${LARGEST_RATING} with at most three decimals, or nothing. ${stays}`
  );
}

/** The rating in a cell; `null` where there is none. */
export function ratingAt({ cells, items }: Table, { i, u }: Cell): number | null {
  return cells[u * items + i] ?? null;
}

/** The table with another value in one cell. */
export function withRating(table: Table, { i, u }: Cell, value: number | null): Table {
  return { ...table, cells: table.cells.with(u * table.items + i, value) };
}

/** The table with another number of users and items: what is cut off is lost, what is new is empty. */
export function resized(table: Table, users: number, items: number): Table {
  const cells = Array.from({ length: users * items }, (_, n) => {
    const cell = { u: Math.floor(n / items), i: n % items };
    return cell.u < table.users && cell.i < table.items ? ratingAt(table, cell) : null;
  });
  return { users, items, cells };
}

/** Whether a table can have this many users and items. */
export function fitsTable(users: number, items: number): boolean {
  return [users, items].every((size) => size >= 1 && size <= LARGEST_TABLE);
}

/** The nearest cell that the table has. */
export function within({ items, users }: Table, { i, u }: Cell): Cell {
  return { u: Math.min(u, users - 1), i: Math.min(i, items - 1) };
}

/** The known ratings among these, in their order. */
function known(cells: Table['cells']): number[] {
  return cells.filter((cell) => cell !== null);
}

/** All ratings, row by row. */
export function allRatings({ cells }: Table): number[] {
  return known(cells);
}

/** The ratings that a user gave. */
export function userRatings({ cells, items }: Table, u: number): number[] {
  return known(cells.slice(u * items, (u + 1) * items));
}

/** The ratings that an item got. */
export function itemRatings({ cells, items }: Table, i: number): number[] {
  return known(cells.filter((_, n) => n % items === i));
}
