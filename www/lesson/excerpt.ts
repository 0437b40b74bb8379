import { readFileSync } from 'node:fs';
import path from 'node:path';

import { Fault } from './fault.ts';

/** Code cut out of a source file. */
export interface Excerpt {
  code: string;
  /** The path as the lesson names it. */
  source: string;
  /** Where the code begins in it. */
  line: number;
}

/** The lines between `// lesson: item` and the next `// lesson: end`, moved to the left margin. */
export function excerpt(text: string, item: string): { code: string; line: number } | string {
  const lines = text.split(/\r?\n/);
  const marks = lines.map((line) => /^\s*\/\/ lesson: (\S+)\s*$/.exec(line)?.[1]);
  const start = marks.indexOf(item);
  if (item === 'end' || start < 0) return `has no line \`// lesson: ${item}\``;
  if (marks.includes(item, start + 1)) return `has more than one line \`// lesson: ${item}\``;
  const end = marks.indexOf('end', start);
  if (end < 0) return `has no line \`// lesson: end\` after \`// lesson: ${item}\``;
  const inside = lines.slice(start + 1, end).filter((_, index) => !marks[start + 1 + index]);
  const indents = inside.filter((line) => line.trim() !== '').map((line) => line.search(/\S/));
  const margin = Math.min(...indents);
  if (!Number.isFinite(margin)) return `has nothing between \`// lesson: ${item}\` and its end`;
  return {
    code: inside
      .map((line) => line.slice(margin))
      .join('\n')
      .trimEnd(),
    line: start + 2,
  };
}

/** Reads `rust source=src/models/svd.rs item=update`, the words after the fence. */
export function readExcerpt(info: string, root: string, file: string, line: number): Excerpt {
  const words = new Map(
    info
      .trim()
      .split(/\s+/)
      .slice(1)
      .map((word): [string, string] => {
        const [key = '', ...value] = word.split('=');
        return [key, value.join('=')];
      }),
  );
  const source = words.get('source');
  const item = words.get('item');
  if (!source || !item || words.size !== 2) {
    throw new Fault(file, line, 'expected `source=PATH item=NAME` after the language of the code');
  }
  if (path.isAbsolute(source) || source.split('/').includes('..')) {
    throw new Fault(file, line, `expected a path inside the project, found \`${source}\``);
  }
  let text: string;
  try {
    text = readFileSync(path.join(root, source), 'utf8');
  } catch {
    throw new Fault(file, line, `there is no file ${source}`);
  }
  const cut = excerpt(text, item);
  if (typeof cut === 'string') throw new Fault(file, line, `${source} ${cut}`);
  return { ...cut, source };
}
