// What a `try` block compares: numbers, quantities, and what is made of them.

/** A call: a quantity of a run, a place on the page, or a function of other expressions. */
export interface Call {
  kind: 'call';
  /** The run it is asked of, `b` in `b.test_rmse`; nothing for the last one. */
  run: string | undefined;
  name: string;
  /** What stands in round brackets. */
  of: Expression[];
  /** What stands in square brackets: `p_u[2][1]` has two. */
  at: Expression[];
}

/** Something that has a value: a number, or yes or no as 1 or 0. */
export type Expression =
  | { kind: 'number'; value: number; half: number }
  | { kind: 'text'; value: string }
  | Call
  | { kind: 'not'; of: Expression }
  | { kind: 'binary'; operator: '+' | '-' | '*' | '/'; left: Expression; right: Expression }
  | { kind: 'compare'; operators: Comparison[]; operands: Expression[] };

/** `=` holds where the left side, rounded as the right side is written, is the right side. */
export type Comparison = '<' | '<=' | '>' | '>=' | '=' | '!=';

const TOKEN =
  /\s*(?:(\d+(?:\.\d+)?(?:e-?\d+)?|\.\d+)|("[^"]*"|“[^”]*”)|([A-Za-z]\w*)|(<=|>=|!=|[<>=+\-*/()[\],.]))/y;

interface Token {
  kind: 'number' | 'text' | 'name' | 'sign' | 'end';
  text: string;
}

/** Thrown with what is wrong; the caller knows the place. */
export class ExpressionError extends Error {}

/** Reads what a block expects. */
export function readExpression(text: string): Expression {
  const reader = new Reader(tokens(text));
  const found = reader.claim();
  reader.end();
  return found;
}

/** Reads several, with commas between them. */
export function readExpressions(text: string): Expression[] {
  const reader = new Reader(tokens(text));
  const found = reader.list();
  reader.end();
  return found;
}

/** Half a unit of the last digit of a number as it is written: how far what it stands for may be off. */
export function halfUnit(written: string): number {
  const decimals = /\.(\d*)/.exec(written)?.[1]?.length ?? 0;
  return 0.5 * 10 ** -decimals;
}

/** Every call in an expression, the outer ones first. */
export function calls(expression: Expression): Call[] {
  switch (expression.kind) {
    case 'number':
    case 'text':
      return [];
    case 'not':
      return calls(expression.of);
    case 'binary':
      return [...calls(expression.left), ...calls(expression.right)];
    case 'compare':
      return expression.operands.flatMap(calls);
    case 'call':
      return [expression, ...[...expression.of, ...expression.at].flatMap(calls)];
  }
}

function tokens(text: string): Token[] {
  const found: Token[] = [];
  TOKEN.lastIndex = 0;
  let at = 0;
  while (text.slice(at).trim() !== '') {
    const match = TOKEN.exec(text);
    if (!match) throw new ExpressionError(`cannot read \`${text.slice(at).trim()}\``);
    at = TOKEN.lastIndex;
    const [, number, string, name, sign] = match;
    if (number !== undefined) found.push({ kind: 'number', text: number });
    else if (string !== undefined) found.push({ kind: 'text', text: string.slice(1, -1) });
    else if (name !== undefined) found.push({ kind: 'name', text: name });
    else found.push({ kind: 'sign', text: sign ?? '' });
  }
  return found;
}

const COMPARISONS: readonly string[] = ['<', '<=', '>', '>=', '=', '!='];

/** Recursive descent: a claim is a comparison of sums, a sum is made of products, and so on down. */
class Reader {
  private at = 0;

  constructor(private readonly tokens: readonly Token[]) {}

  claim(): Expression {
    if (this.take('name', 'not')) return { kind: 'not', of: this.claim() };
    const operands = [this.sum()];
    const operators: Comparison[] = [];
    while (this.next.kind === 'sign' && COMPARISONS.includes(this.next.text)) {
      operators.push(this.next.text as Comparison);
      this.at += 1;
      operands.push(this.sum());
    }
    const [only] = operands;
    return operators.length === 0 && only ? only : { kind: 'compare', operators, operands };
  }

  list(): Expression[] {
    const found = [this.claim()];
    while (this.take('sign', ',')) found.push(this.claim());
    return found;
  }

  end(): void {
    if (this.next.kind !== 'end') throw new ExpressionError(`did not expect \`${this.next.text}\``);
  }

  private get next(): Token {
    return this.tokens[this.at] ?? { kind: 'end', text: 'the end' };
  }

  private take(kind: Token['kind'], text: string): boolean {
    const found = this.next.kind === kind && this.next.text === text;
    if (found) this.at += 1;
    return found;
  }

  private need(sign: string): void {
    if (!this.take('sign', sign)) {
      throw new ExpressionError(`expected \`${sign}\` before \`${this.next.text}\``);
    }
  }

  private sum(): Expression {
    return this.chain(['+', '-'], () => this.product());
  }

  private product(): Expression {
    return this.chain(['*', '/'], () => this.factor());
  }

  private chain(
    operators: readonly ('+' | '-' | '*' | '/')[],
    operand: () => Expression,
  ): Expression {
    let left = operand();
    for (;;) {
      const operator = operators.find((sign) => this.take('sign', sign));
      if (operator === undefined) return left;
      left = { kind: 'binary', operator, left, right: operand() };
    }
  }

  private factor(): Expression {
    if (this.take('sign', '-')) {
      const of = this.factor();
      if (of.kind === 'number') return { ...of, value: -of.value };
      const zero: Expression = { kind: 'number', value: 0, half: 0.5 };
      return { kind: 'binary', operator: '-', left: zero, right: of };
    }
    if (this.take('sign', '(')) {
      const inside = this.claim();
      this.need(')');
      return inside;
    }
    const { kind, text } = this.next;
    if (kind === 'number') {
      this.at += 1;
      return { kind, value: Number(text), half: halfUnit(text) };
    }
    if (kind === 'text') {
      this.at += 1;
      return { kind, value: text };
    }
    if (kind === 'name') return this.call();
    throw new ExpressionError(`did not expect \`${text}\``);
  }

  private name(): string {
    const { kind, text } = this.next;
    if (kind !== 'name') throw new ExpressionError(`expected a name before \`${text}\``);
    this.at += 1;
    return text;
  }

  private call(): Expression {
    let name = this.name();
    let run: string | undefined;
    if (this.take('sign', '.')) [run, name] = [name, this.name()];
    const of: Expression[] = [];
    if (this.take('sign', '(')) {
      of.push(...this.list());
      this.need(')');
    }
    const at: Expression[] = [];
    while (this.take('sign', '[')) {
      at.push(this.sum());
      this.need(']');
    }
    return { kind: 'call', run, name, of, at };
  }
}
