// A `try` block: what a page tells its reader to try or prints as a result, in a form that a test can try.

import { Fault } from '../fault.ts';
import { type Lab, type Line, lines, oneOf, readLab, readSeed, SPLIT, setting } from '../lab.ts';
import type { Hyperparameter, Model } from '../registry.ts';
import { type View, VIEWS } from '../views.ts';
import {
  type Call,
  calls,
  type Expression,
  ExpressionError,
  readExpression,
  readExpressions,
} from './expression.ts';
import { type Printed, printed, sectionAbove } from './prose.ts';
import { answeredBy, misuse, OVER_RUNS, PARAMETERS, QUANTITIES } from './quantities.ts';

type Side = 'users' | 'items';

/** One thing that a check does, in the order of the block. */
export type Act =
  | { kind: 'set'; line: number; name: string; value: string }
  | { kind: 'train'; line: number; as: string | undefined }
  | { kind: 'step'; line: number; to: number; as: string | undefined }
  | { kind: 'folds'; line: number; folds: number; as: string | undefined }
  | { kind: 'cold'; line: number; groups: number; side: Side; as: string | undefined }
  | { kind: 'press'; line: number; button: string }
  | { kind: 'choose'; line: number; label: string; option: string }
  | { kind: 'type'; line: number; label: string; text: string }
  | { kind: 'expect'; line: number; text: string; claim: Expression }
  | { kind: 'prints'; line: number; quote: string; numbers: Printed[]; values: Expression[] };

/** A checked `try` block. */
export interface Check {
  file: string;
  line: number;
  /** What is claimed, in words. */
  claim: string;
  /** Who tries it. */
  on: 'engine' | 'page';
  /** Whether it takes so long that it is tried only when asked for. */
  slow: boolean;
  /** The live part, or what stands for one where the block names a model and data of its own. */
  lab: Lab;
  /** The whole block is tried once for each of these values. */
  over: { name: string; values: string[] } | undefined;
  acts: Act[];
}

/** What a block is read with. */
export interface Surroundings {
  file: string;
  /** The line of the fence. */
  line: number;
  registry: readonly Model[];
  /** The live parts of the page, and the line of each. */
  labs: readonly { lab: Lab; line: number }[];
  /** The lesson, in whose section above the block printed numbers are looked for. */
  markdown: string;
}

/** Names that settings have beside a model's hyperparameters; what they take. */
const OTHERS: Readonly<Record<string, RegExp>> = {
  'split-seed': /^\d{1,9}$/,
  validation: /^0(\.\d{1,2})?$/,
  split: SPLIT,
  users: /^[1-8]$/,
  items: /^[1-8]$/,
};
const CELL = /^r\[([1-8])\]\[([1-8])\]$/;
const MOST_RUNS = 200;

/** Reads and checks a fenced block. */
export function readCheck(text: string, around: Surroundings): Check {
  const found = lines(text, around.file, around.line + 1, 'try block');
  return new Reading(around, found).check();
}

class Reading {
  private model: Model;
  private readonly lab: Lab;
  private readonly runs = new Set<string>();
  private readonly acts: Act[] = [];
  private over: Check['over'];

  constructor(
    private readonly around: Surroundings,
    private readonly found: readonly Line[],
  ) {
    this.lab = this.part();
    this.model = this.modelOf(this.lab.model);
  }

  check(): Check {
    const { file, line } = this.around;
    for (const entry of this.found) this.read(entry);
    const asked = this.acts.some(({ kind }) => kind === 'expect' || kind === 'prints');
    if (!asked) this.fail(line, 'the try block has neither `expect` nor `prints`');
    const claim = this.found.find(({ key }) => key === 'claim')?.value ?? this.words();
    const slow = this.found.some(({ key }) => key === 'slow');
    const { acts, lab, over } = this;
    return { file, line, claim, on: this.who(), slow, lab, over, acts };
  }

  private fail(line: number, what: string): never {
    throw new Fault(this.around.file, line, what);
  }

  private modelOf(id: string): Model {
    return this.around.registry.find((known) => known.id === id) as Model;
  }

  /** The live part that `lab` names by its place or by a view; without it, the last one above. */
  private part(): Lab {
    const { file, labs, line, registry } = this.around;
    const named = this.found.find(({ key }) => key === 'lab');
    const own = this.found.filter(({ key }) => key === 'model' || key === 'data');
    if (own.length > 0) {
      if (named)
        this.fail(named.line, 'a try block names a live part or a model and data of its own');
      const block = own.map(({ key, value }) => `${key}: ${value}`).join('\n');
      return readLab(`${block}\nshow: train`, { file, line: line + 1, id: '', registry });
    }
    if (!named) {
      const above = labs.findLast((lab) => lab.line < line);
      return above?.lab ?? this.fail(line, 'there is no live part above: name one by `lab`');
    }
    const [name = '', nth = '1'] = named.value.split(/\s+/);
    const place = labs.find(({ lab }) => lab.id === name);
    if (place) return place.lab;
    const views = Object.keys(VIEWS) as View[];
    const known = [...labs.map(({ lab }) => lab.id), ...views];
    const view = oneOf(name, known, 'live part', { file, line: named.line }) as View;
    const showing = labs.filter(({ lab }) => lab.show.includes(view))[Number(nth) - 1];
    return showing?.lab ?? this.fail(named.line, `this page has no live part \`${named.value}\``);
  }

  private read(entry: Line): void {
    const { key, line, value } = entry;
    switch (key) {
      case 'claim':
      case 'lab':
      case 'model':
      case 'data':
        return;
      case 'slow':
        oneOf(value, ['yes'], 'value for `slow`', { file: this.around.file, line });
        return;
      case 'over':
        return this.range(entry);
      case 'set':
        for (const part of value.split(/\s+/)) this.set(part, line);
        return;
      case 'do':
        this.acts.push(this.deed(entry));
        return;
      case 'expect':
        this.acts.push({ kind: 'expect', line, text: value, claim: this.expression(entry) });
        return;
      case 'prints':
        this.acts.push(this.prints(entry));
        return;
      default: {
        const keys = 'claim lab model data slow over set do expect prints'.split(' ');
        oneOf(key, keys, 'key of a try block', { file: this.around.file, line });
      }
    }
  }

  private set(text: string, line: number): void {
    const [name = '', value = ''] = text.split(/=(.*)/s);
    this.acts.push({ kind: 'set', line, name, value: this.allowed(name, value, line) });
  }

  /** A setting's value, as it was written, once it is known to be one. */
  private allowed(name: string, value: string, line: number): string {
    const at = { file: this.around.file, line };
    if (name === 'model') {
      const ids = this.around.registry.map(({ id }) => id);
      this.model = this.modelOf(oneOf(value, ids, 'model', at));
      return value;
    }
    if (name === 'seed') return String(readSeed(value, at));
    const other = OTHERS[name];
    if (other) {
      return other.test(value) ? value : this.fail(line, `\`${name}\` cannot be \`${value}\``);
    }
    if (CELL.test(name)) {
      if (this.lab.data !== 'toy') this.fail(line, 'only the cells of the toy can be edited');
      const fine = /^(-|-?\d+(\.\d{1,3})?)$/.test(value);
      return fine ? value : this.fail(line, `expected a rating or - for none, found \`${value}\``);
    }
    const rival = /^rival\.(.+)$/.exec(name)?.[1];
    if (rival !== undefined && !this.lab.rival) this.fail(line, 'this live part has no rival');
    const model = rival === undefined ? this.model : this.modelOf(this.lab.rival ?? '');
    const plain = rival ?? name;
    const names = model.hyperparameters.map((hyperparameter) => hyperparameter.name);
    oneOf(plain, [...names, 'model', 'seed', ...Object.keys(OTHERS)], `setting of ${model.id}`, at);
    const known = model.hyperparameters.find((h) => h.name === plain) as Hyperparameter;
    setting(value, known, model.id, at);
    return value;
  }

  /** `seed=0..59` or `lambda=1,5,20`. */
  private range({ line, value }: Line): void {
    const [name = '', list = ''] = value.split(/=(.*)/s);
    const [, first, last] = /^(\d+)\.\.(\d+)$/.exec(list) ?? [];
    const length = Number(last) - Number(first) + 1;
    if (length > MOST_RUNS) this.fail(line, `\`over\` has ${length} values, ${MOST_RUNS} at most`);
    const values =
      first === undefined
        ? list.split(',')
        : Array.from({ length }, (_, n) => String(Number(first) + n));
    for (const each of values) this.allowed(name, each, line);
    this.over = { name, values };
  }

  private deed({ line, value }: Line): Act {
    const [, verb = '', rest = ''] = /^(\w+)\s*(.*)$/.exec(value) ?? [];
    const [, amount, side, as] =
      /^(\d+)?\s*(users|items)?\s*(?:as ([A-Za-z]\w*))?$/.exec(rest) ?? [];
    const [one, two] = [...rest.matchAll(/"([^"]*)"/g)].map(([, text = '']) => text);
    const count = (): number =>
      amount === undefined ? this.fail(line, `\`${verb}\` takes a number`) : Number(amount);
    const needed = (text: string | undefined): string =>
      text ?? this.fail(line, `\`${verb}\` takes words in double quotes`);
    if (as !== undefined && this.runs.has(as)) this.fail(line, `two runs are called \`${as}\``);
    if (as !== undefined) this.runs.add(as);
    switch (verb) {
      case 'train':
        if (rest && as === undefined) this.fail(line, `did not expect \`${rest}\` after train`);
        return { kind: verb, line, as };
      case 'step':
        return { kind: verb, line, to: count(), as };
      case 'folds':
        return { kind: verb, line, folds: count(), as };
      case 'cold':
        if (side !== 'users' && side !== 'items') {
          this.fail(line, '`cold` takes a number of groups, and users or items');
        }
        return { kind: verb, line, groups: count(), side, as };
      case 'press':
        return { kind: verb, line, button: needed(one) };
      case 'choose':
        return { kind: verb, line, label: needed(one), option: needed(two) };
      case 'type':
        return { kind: verb, line, label: needed(one), text: needed(two) };
      default: {
        const verbs = ['train', 'step', 'folds', 'cold', 'press', 'choose', 'type'];
        oneOf(verb, verbs, 'thing to do', { file: this.around.file, line });
        return this.fail(line, `cannot read \`${value}\``);
      }
    }
  }

  private prints({ line, value }: Line): Act {
    const [, quote, list = '', within] =
      /^"(.*)"\s*=\s*(.*?)(?:\s+within\s+(\S+))?$/.exec(value) ?? [];
    if (quote === undefined) {
      this.fail(line, 'expected `prints: "words with # for each number" = quantity, …`');
    }
    const section = sectionAbove(this.around.markdown, this.around.line);
    const numbers =
      printed(section, quote) ??
      this.fail(line, `the section above does not have \`${quote}\` exactly once`);
    const values = this.several(list, line);
    if (values.length !== numbers.length) {
      this.fail(
        line,
        `the quote has ${numbers.length} of #, and there are ${values.length} quantities`,
      );
    }
    const half = within === undefined ? undefined : Number(within);
    if (half !== undefined && !(half > 0)) this.fail(line, `cannot read \`within ${within}\``);
    const allowed = numbers.map((number) => ({ ...number, half: half ?? number.half }));
    return { kind: 'prints', line, quote, numbers: allowed, values };
  }

  private expression({ line, value }: Line): Expression {
    return this.reading(line, () => [readExpression(value)])[0] as Expression;
  }

  private several(list: string, line: number): Expression[] {
    return this.reading(line, () => readExpressions(list));
  }

  private reading(line: number, read: () => Expression[]): Expression[] {
    try {
      const found = read();
      for (const call of found.flatMap(calls)) this.known(call, line);
      return found;
    } catch (error) {
      if (error instanceof ExpressionError) this.fail(line, error.message);
      throw error;
    }
  }

  private known({ at, name, of, run }: Call, line: number): void {
    const wrong = misuse(name, of.length, at.length);
    if (wrong) this.fail(line, wrong);
    if (run !== undefined && !this.runs.has(run)) {
      this.fail(
        line,
        `no run of this block is called \`${run}\`: name one by \`do: train as ${run}\``,
      );
    }
    if (OVER_RUNS.includes(name) && !this.over) {
      this.fail(line, `\`${name}\` looks at several runs: say which by \`over\``);
    }
    const [first] = of;
    if (
      ['norm', 'largest', 'length', 'moved'].includes(name) &&
      !(first?.kind === 'call' && PARAMETERS.includes(first.name))
    ) {
      this.fail(line, `\`${name}\` takes a parameter: ${PARAMETERS.join(', ')}`);
    }
  }

  /** Everything in a block is tried at one place. */
  private who(): Check['on'] {
    const asked = this.acts.flatMap((act): ('engine' | 'page' | 'both')[] => {
      if (act.kind === 'press' || act.kind === 'choose' || act.kind === 'type') return ['page'];
      if (act.kind === 'folds' || act.kind === 'cold') return ['engine'];
      const expressions =
        act.kind === 'expect' ? [act.claim] : act.kind === 'prints' ? act.values : [];
      return expressions.flatMap(calls).map(({ name }) => answeredBy(name));
    });
    const on = asked.includes('page') ? 'page' : 'engine';
    if (on === 'page' && (asked.includes('engine') || this.over)) {
      const names = Object.keys(QUANTITIES).join(', ');
      this.fail(
        this.around.line,
        `a block that presses buttons or reads the page cannot ask the engine too (${names}, over): split it`,
      );
    }
    if (on === 'page' && this.lab.id === '') {
      this.fail(this.around.line, 'what is pressed and read needs a live part: name one by `lab`');
    }
    return on;
  }

  private words(): string {
    return this.acts
      .flatMap((act) =>
        act.kind === 'expect' ? [act.text] : act.kind === 'prints' ? [act.quote] : [],
      )
      .join('; ');
  }
}
