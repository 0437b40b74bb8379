import { Fault } from './fault.ts';

/** What a lesson says about itself before its first line. */
export interface FrontMatter {
  title: string;
  summary: string;
  /** How long it takes to read, if it says so. */
  minutes: number | undefined;
  /** The part of the book that begins or goes on with it. */
  part: string;
}

const KEYS = ['title', 'summary', 'minutes', 'part'];

/**
 * Splits `key: value` lines between two lines of `---` from the lesson. The body keeps its line numbers:
 * what was cut is left as empty lines.
 */
export function frontMatter(source: string, file: string): { matter: FrontMatter; body: string } {
  const lines = source.replace(/^\uFEFF/, '').split(/\r?\n/);
  const end = lines[0] === '---' ? lines.indexOf('---', 1) : -1;
  if (end < 0) {
    throw new Fault(file, 1, 'expected front matter between two lines of ---, with a title');
  }
  const values = new Map<string, string>();
  for (let index = 1; index < end; index += 1) {
    const line = lines[index] ?? '';
    if (line.trim() === '') continue;
    const [, key, value] = /^(\w+):\s*(.*?)\s*$/.exec(line) ?? [];
    if (key === undefined || value === undefined || !KEYS.includes(key)) {
      throw new Fault(
        file,
        index + 1,
        `expected one of ${KEYS.join(', ')} with a value, found \`${line}\``,
      );
    }
    if (values.has(key)) throw new Fault(file, index + 1, `\`${key}\` stands here a second time`);
    values.set(key, unquoted(value));
  }
  const title = values.get('title');
  if (!title) throw new Fault(file, 1, 'the front matter has no title');
  const minutes = values.get('minutes');
  if (minutes !== undefined && !/^[1-9]\d*$/.test(minutes)) {
    throw new Fault(file, 1, `expected minutes as a whole number, found \`${minutes}\``);
  }
  return {
    matter: {
      title,
      summary: values.get('summary') ?? '',
      minutes: minutes === undefined ? undefined : Number(minutes),
      part: values.get('part') ?? '',
    },
    body: '\n'.repeat(end + 1) + lines.slice(end + 1).join('\n'),
  };
}

function unquoted(value: string): string {
  const [, , inner] = /^(["'])(.*)\1$/.exec(value) ?? [];
  return inner ?? value;
}
