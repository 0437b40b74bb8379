// What the expressions of a `try` block come to.

import type { Act } from '../../www/lesson/try/check.ts';
import { alike } from '../../www/lab/alike.ts';
import type { Call, Comparison, Expression } from '../../www/lesson/try/expression.ts';
import { OVER_RUNS } from '../../www/lesson/try/quantities.ts';

/** A number, a text such as a fingerprint, yes or no as 1 or 0; or many, which can only be `alike`. */
export type Value = number | string | Float64Array | ReadonlySet<string>;

/** Answers for a quantity or a place; `evaluate` gives the values of other expressions. */
export type Ask = (call: Call, evaluate: Evaluate) => Value | Promise<Value>;
export type Evaluate = (expression: Expression) => Promise<Value>;

/** What one act came to in each run: a sentence for whatever does not hold, with what was measured. */
export async function failures(act: Act, asks: readonly Ask[]): Promise<string[]> {
  const faults: string[] = [];
  if (act.kind === 'expect') {
    // What looks over all runs is looked at once.
    for (const [run, ask] of (looksOver(act.claim) ? asks.slice(0, 1) : asks).entries()) {
      const value = await evaluate(act.claim, ask, asks);
      if (value !== 0 && !Number.isNaN(value)) continue;
      const found = (await sides(act.claim, ask, asks)).join(', ');
      const where = run > 0 ? `, in run ${run + 1} of \`over\`` : '';
      faults.push(`line ${act.line}: not so: ${act.text} (${found}${where})`);
    }
  }
  if (act.kind === 'prints') {
    for (const [n, { half, value, written }] of act.numbers.entries()) {
      const measured = Number(await evaluate(act.values[n] as Expression, asks[0], asks));
      if (near(measured, value, half)) continue;
      faults.push(`line ${act.line}: the text prints ${written}, measured is ${measured}`);
    }
  }
  return faults;
}

/** The values of what a claim compares. */
async function sides(claim: Expression, ask: Ask | undefined, all: readonly Ask[]) {
  const values: Value[] = [];
  for (const operand of claim.kind === 'compare' ? claim.operands : [claim]) {
    values.push(await evaluate(operand, ask, all));
  }
  return values;
}

function near(measured: number, value: number, half: number): boolean {
  return Math.abs(measured - value) <= half * (1 + 1e-9) + 1e-12;
}

function looksOver(expression: Expression): boolean {
  switch (expression.kind) {
    case 'number':
    case 'text':
      return false;
    case 'not':
      return looksOver(expression.of);
    case 'binary':
      return looksOver(expression.left) || looksOver(expression.right);
    case 'compare':
      return expression.operands.some(looksOver);
    case 'call':
      return OVER_RUNS.includes(expression.name) || expression.of.some(looksOver);
  }
}

async function evaluate(
  expression: Expression,
  ask: Ask | undefined,
  all: readonly Ask[],
): Promise<Value> {
  const own: Evaluate = (inner) => evaluate(inner, ask, all);
  switch (expression.kind) {
    case 'number':
    case 'text':
      return expression.value;
    case 'not':
      return Number((await own(expression.of)) === 0);
    case 'binary': {
      const left = Number(await own(expression.left));
      const right = Number(await own(expression.right));
      return { '+': left + right, '-': left - right, '*': left * right, '/': left / right }[
        expression.operator
      ];
    }
    case 'compare': {
      const values: Value[] = [];
      for (const operand of expression.operands) values.push(await own(operand));
      const holds = expression.operators.every((operator, n) =>
        compare(operator, values[n] ?? NaN, values[n + 1] ?? NaN, expression.operands[n + 1]),
      );
      return Number(holds);
    }
    case 'call':
      return call(expression, own, ask, all);
  }
}

async function call(
  expression: Call,
  own: Evaluate,
  ask: Ask | undefined,
  all: readonly Ask[],
): Promise<Value> {
  const [first] = expression.of;
  if (expression.name === 'abs' && first) return Math.abs(Number(await own(first)));
  if (OVER_RUNS.includes(expression.name) && first) {
    const values = await Promise.all(all.map((each) => evaluate(first, each, all)));
    const ofPairs = /^(least|most|mean)_alike$/.exec(expression.name)?.[1];
    return ofPairs ? over(ofPairs, pairs(values)) : over(expression.name, values.map(Number));
  }
  if (!ask) throw new Error(`nothing has run that could be asked for ${expression.name}`);
  return ask(expression, own);
}

/** How much each two of them have in common. */
function pairs(values: readonly Value[]): number[] {
  return values.flatMap((one, n) => values.slice(0, n).map((other) => alike(one, other)));
}

function over(name: string, values: number[]): number {
  const sum = values.reduce((total, value) => total + value, 0);
  const mean = sum / values.length;
  const squares = values.reduce((total, value) => total + (value - mean) ** 2, 0);
  switch (name) {
    case 'least':
      return Math.min(...values);
    case 'most':
      return Math.max(...values);
    case 'mean':
      return mean;
    case 'spread':
      return Math.sqrt(squares / values.length);
    default:
      return sum;
  }
}

function compare(
  operator: Comparison,
  left: Value,
  right: Value,
  written: Expression | undefined,
): boolean {
  if (typeof left === 'string' || typeof right === 'string') {
    return operator === '!=' ? left !== right : operator === '=' && left === right;
  }
  if (typeof left !== 'number' || typeof right !== 'number') return false;
  const half = written?.kind === 'number' ? written.half : 0;
  switch (operator) {
    case '<':
      return left < right;
    case '<=':
      return left <= right;
    case '>':
      return left > right;
    case '>=':
      return left >= right;
    case '=':
      return near(left, right, half);
    case '!=':
      return !near(left, right, half);
  }
}
