// What the engine would hand out, made by hand.

import type { Addend, ParameterValues, Rule, Term } from '../../pkg/factorscope.js';

/** An addend of which a test needs some parts alone. */
export function addend(some: Partial<Addend>): Addend {
  return { name: '', kind: 'factors', latex: '', words: '', product: undefined, ...some };
}

/** A term of such an addend. */
export function term(some: Partial<Addend>, value: number, component?: number): Term {
  return { addend: addend(some), component, value };
}

/** A rule of which a test needs some parts alone. */
export function rule(some: Partial<Rule>): Rule {
  return { parameters: [], form: 'gradient', rate: undefined, when: undefined, latex: '', ...some };
}

/** A parameter whose symbol is its name: a letter, and what a row stands for. */
export function parameter(name: string, some: Partial<ParameterValues> = {}): ParameterValues {
  const [base = name, index = ''] = name.split('_');
  const { columns = 1, rows = 3 } = some;
  return {
    name,
    symbol: name,
    base,
    index,
    axis: index === 'u' ? 'user' : index === '' ? 'global' : 'item',
    rows,
    columns,
    values: new Float32Array(rows * columns),
    of: undefined,
    ...some,
  };
}
