// Writes a table of ratings that are drawn at random, as large as asked: for measuring what a large file
// costs in a tab. `node scripts/large.mjs 5000000 large.csv`

import { createWriteStream } from 'node:fs';
import { once } from 'node:events';

import { main, Stop } from './lib/run.mjs';

await main(async () => {
  const [count, file] = process.argv.slice(2);
  const ratings = Number(count);
  if (!file || !Number.isInteger(ratings) || ratings < 1) {
    throw new Stop('Expected how many ratings, and the file to write: 5000000 large.csv');
  }
  const out = createWriteStream(file);
  out.write('userId,movieId,rating,timestamp\n');
  // A small generator of its own: the same file on every machine.
  let state = 42;
  const draw = (/** @type {number} */ below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
  const items = 20_000;
  let rows = [];
  let time = 1_000_000_000;
  for (let n = 0, user = 1; n < ratings; user += 1) {
    const mine = Math.min(20 + draw(200), ratings - n);
    for (let k = 0, item = draw(90); k < mine; k += 1, n += 1, item += 1 + draw(88)) {
      time += draw(60);
      rows.push(`${user},${1 + (item % items)},${(1 + draw(10)) / 2},${time}`);
    }
    if (rows.length > 50_000 || n >= ratings) {
      if (!out.write(`${rows.join('\n')}\n`)) await once(out, 'drain');
      rows = [];
    }
  }
  out.end();
  await once(out, 'finish');
});
