// Dates, and how far a day is from the mean date of a user.

/** Seconds in a day. */
export const DAY = 86_400;

/** The exponent in dev_u(t), as in the paper; the engine has the same. */
export const BETA = 0.4;

const YEAR = 365.2425;

/** `3 May 1999` for a day counted from 1970, in universal time. */
export function dateOf(day: number): string {
  return new Date(Math.floor(day) * DAY * 1000).toLocaleDateString('en-GB', {
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    timeZone: 'UTC',
  });
}

/** The same for a year with its fraction, as the engine's charts have them. */
export function dateOfYear(year: number): string {
  return dateOf((year - 1970) * YEAR + 1e-6);
}

/** dev_u(t) = sign(t - t_u) |t - t_u|^beta, from the difference in days. */
export function deviation(days: number, beta = BETA): number {
  return Math.sign(days) * Math.abs(days) ** beta;
}
