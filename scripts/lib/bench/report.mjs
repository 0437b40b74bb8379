// The benchmark's tables and sentences, as Markdown.

/** @typedef {import('./peers.mjs').Peer} Peer */

/**
 * One model's measurements.
 *
 * @typedef {object} Row
 * @property {string} id
 * @property {string} title
 * @property {number[]} native seconds to fit all folds, once for each repetition
 * @property {number[]} browser the same in the tab
 * @property {number[]} test seconds to predict what was held back, natively, all folds together
 * @property {number} rmse the folds' mean; not a number for a model that only ranks
 * @property {number} mae likewise
 * @property {number} rank the expected percentile rank; not a number for a model that predicts ratings
 * @property {boolean} same whether native and browser gave one fingerprint in every repetition
 * @property {(Peer & { title: string })[]} peers the main one first
 * @property {{ fit?: number, pass?: number }} one seconds for one fold and one pass, natively
 */

/**
 * @typedef {object} Setting
 * @property {string} date
 * @property {string} data
 * @property {string} cpu
 * @property {number} cores
 * @property {number} load the load average of the minute before
 * @property {string[]} versions
 * @property {string[]} notes sentences about what differs from a whole run
 */

/** @param {readonly number[]} values */
export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const half = sorted.length / 2;
  const upper = sorted[Math.floor(half)] ?? Number.NaN;
  return Number.isInteger(half) ? (upper + (sorted[half - 1] ?? Number.NaN)) / 2 : upper;
}

/** Three significant digits. @param {number | undefined} value */
function digits(value) {
  if (value === undefined) return '–';
  const places = Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value) || 1)));
  return value.toFixed(places);
}

/** How many times as fast the second is. @param {number | undefined} slow @param {number} fast */
function times(slow, fast) {
  return slow === undefined ? undefined : slow / fast;
}

/**
 * @param {string[]} head
 * @param {string[][]} rows
 */
function table(head, rows) {
  const rule = head.map((_, column) => (column === 0 ? '---' : '---:'));
  return [head, rule, ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

/** What a model or a peer is measured by. @param {{ rmse?: number | undefined, rank?: number | undefined }} of */
function error({ rmse = Number.NaN, rank = Number.NaN }) {
  if (!Number.isNaN(rmse)) return rmse.toFixed(4);
  return Number.isNaN(rank) ? '–' : `${rank.toFixed(2)} %`;
}

/** @param {number | undefined} value */
function four(value) {
  return value === undefined || Number.isNaN(value) ? '–' : value.toFixed(4);
}

/** @param {Row} row @param {Peer} [peer] */
function ratios({ native, browser, peers }, peer = peers[0]) {
  const [here, tab] = [median(native), median(browser)];
  return {
    native: times(peer?.fit_seconds, here),
    browser: times(peer?.fit_seconds, tab),
    wasm: tab / here,
  };
}

/** @param {Row[]} rows */
export function comparison(rows) {
  const head = [
    ...['model', 'peer', 'peer, s', 'native, s', 'browser, s', 'peer / native', 'peer / browser'],
    ...['browser / native', 'error, peer', 'error, here', 'same bits'],
  ];
  const body = rows.map((row) => {
    const { title, native, browser, same, peers } = row;
    const [peer] = peers;
    const ratio = ratios(row);
    return [
      ...[title, peer?.title ?? '–', digits(peer?.fit_seconds) + (peer?.scaled ? '*' : '')],
      ...[digits(median(native)), digits(median(browser))],
      ...[digits(ratio.native), digits(ratio.browser), digits(ratio.wasm)],
      ...[peer ? error(peer) : '–', error(row), same ? 'yes' : 'NO'],
    ];
  });
  return table(head, body) + scaled(rows);
}

/** Which peers did not run all folds. @param {Row[]} rows */
function scaled(rows) {
  const all = rows.flatMap(({ peers }) =>
    peers.flatMap(({ folds, scaled, title }) =>
      scaled ? [`${title}: ${folds} of 5 folds run`] : [],
    ),
  );
  const each = [...new Set(all)];
  return each.length > 0 ? `\n\n\\* Scaled to five folds (${each.join('; ')}).` : '';
}

/** Every model beside every peer. @param {Row[]} rows */
export function leaderboard(rows) {
  const head = [
    ...[
      'model',
      'RMSE',
      'MAE',
      'rank, %',
      'fit, s',
      'test, s',
      'fit in tab, s',
      'peer',
      'its RMSE',
    ],
    ...['its MAE', 'its rank, %', 'its fit, s', 'its test, s', 'fit, times', 'fit + test, times'],
  ];
  const body = rows.flatMap((row) => {
    const { browser, mae, native, rank, rmse, test, title } = row;
    const [fit, tested] = [median(native), median(test)];
    const own = [
      ...[title, four(rmse), four(mae), Number.isNaN(rank) ? '–' : rank.toFixed(2)],
      ...[digits(fit), digits(tested), digits(median(browser))],
    ];
    if (row.peers.length === 0) return [[...own, ...Array.from({ length: 8 }, () => '–')]];
    return row.peers.map((peer, n) => {
      const star = peer.scaled ? '*' : '';
      return [
        ...(n === 0 ? own : own.map(() => '')),
        ...[peer.title, four(peer.rmse), four(peer.mae), peer.rank?.toFixed(2) ?? '–'],
        ...[digits(peer.fit_seconds) + star, digits(peer.test_seconds) + star],
        digits(peer.fit_seconds / fit),
        digits((peer.fit_seconds + peer.test_seconds) / (fit + tested)),
      ];
    });
  });
  return table(head, body) + scaled(rows);
}

/** How many times as fast as a peer a model is to be: in a tab, or natively. */
const FASTER = /** @type {const} */ ([
  ['item-knn', 0, 'fit + test', 20],
  ['nmf', 0, 'native', 10],
  ['als', 0, 'browser', 1],
  ['implicit-als', 0, 'browser', 1],
  ['implicit-als', 1, 'browser', 1],
  ['svdpp', 0, 'browser', 150],
  ['svd', 0, 'browser', 6],
]);

/** How many passes of the second one pass of the first may take: names of benches/models.rs. */
const SLOWER = /** @type {const} */ ([
  ['paired-bpmf', 'paired-als', 'a sweep of bpmf / a sweep of als, 30 factors', 3],
  [
    'paired-integrated',
    'paired-svdpp',
    'an epoch of integrated with 300 neighbors / of svdpp, 50 factors',
    15,
  ],
]);

/** @typedef {Record<string, { fit?: number, pass?: number }>} Singles seconds by criterion */

/**
 * @param {Row[]} rows
 * @param {Singles} [one]
 */
export function targets(rows, one = {}) {
  const faster = FASTER.flatMap(([id, nth, where, least]) => {
    const row = rows.find((row) => row.id === id);
    const peer = row?.peers[nth];
    if (!row || !peer) return [];
    const whole = peer.fit_seconds + peer.test_seconds;
    const found = {
      'fit + test': whole / (median(row.native) + median(row.test)),
      native: peer.fit_seconds / median(row.native),
      browser: peer.fit_seconds / median(row.browser),
    }[where];
    const what = `${row.title}, ${peer.title} / ${where === 'fit + test' ? 'native, fit + test' : where}`;
    return [[what, `at least ${least}`, digits(found), found >= least ? 'met' : 'missed']];
  });
  const slower = SLOWER.flatMap(([slow, fast, what, most]) => {
    const [a, b] = [one[slow]?.pass, one[fast]?.pass];
    if (a === undefined || b === undefined) return [];
    return [[what, `at most ${most}`, digits(a / b), a / b <= most ? 'met' : 'missed']];
  });
  const wasm = rows.map((row) => {
    const found = ratios(row).wasm;
    const what = `${row.title}, browser / native`;
    return [what, 'at most 1.5', digits(found), found <= 1.5 ? 'met' : 'missed'];
  });
  return table(['ratio', 'target', 'measured', ''], [...faster, ...slower, ...wasm]);
}

/** @param {Row[]} rows */
function single(rows) {
  const milliseconds = (/** @type {number | undefined} */ s) => digits(s && s * 1000);
  const head = ['model', 'fit, ms', 'one pass, ms'];
  const body = rows.map(({ title, one }) => [title, milliseconds(one.fit), milliseconds(one.pass)]);
  return table(head, body);
}

/** The widest spread of the repetitions, in percent of their median. @param {Row[]} rows */
function spread(rows) {
  const all = rows.flatMap(({ native, browser }) => [native, browser]);
  const widest = all.map((values) => (Math.max(...values) - Math.min(...values)) / median(values));
  return Math.round(100 * Math.max(...widest));
}

const PEERS = `Surprise's BaselineOnly, KNNBaseline (over users), SVD, NMF and SVD++ at their defaults, SVD
  without biases for PMF, cmfrec's CMF with 40 factors, lambda 10 and 15 sweeps, scikit-learn's
  TruncatedSVD with 10 factors of the table filled with mean and biases, and for implicit feedback cmfrec's
  CMF_implicit and implicit's AlternatingLeastSquares at the same factors, sweeps, lambda and alpha as here`;

/**
 * The table of models.
 *
 * @param {Row[]} rows
 * @param {Singles} one
 * @param {Setting} setting
 */
export function models(rows, one, { date, data, cpu, cores, load, versions, notes }) {
  return `# Models

<!-- Generated by \`npm run bench\`. The text stands in scripts/lib/bench/report.mjs. -->

Every model of the registry at its defaults, beside other people's: 5-fold cross-validation on ${data}, one
thread. Written by \`npm run bench\`, ${date}.

- Machine: ${cpu}, ${cores} cores; load average in the minute before the run ${load.toFixed(2)}.
- Versions: ${versions.join(', ')}.
${notes.map((note) => `- ${note}\n`).join('')}
${leaderboard(rows)}

- **RMSE** and **MAE** are means over the folds, predictions clipped to the rating scale. **rank** is the
  expected percentile rank of a model that only ranks: 0 is best, 50 is chance.
- **fit** and **test** are seconds for all folds together: to train, and to predict what was held back (of a
  model that only ranks, to put each user's list in order). **fit in tab** is the fit in the browser.
- **fit, times** says how many times as long the peer's fit takes as the native one here; **fit + test,
  times** the same with the tests.
- The peers are ${PEERS}.

## Targets

${targets(rows, one)}
`;
}

/**
 * The whole page.
 *
 * @param {Row[]} rows
 * @param {Singles} one
 * @param {Setting} setting
 */
export function report(rows, one, { date, data, cpu, cores, load, versions, notes }) {
  const repetitions = rows[0]?.native.length ?? 0;
  return `# Benchmark

<!-- Generated by \`npm run bench\`. The text stands in scripts/lib/bench/report.mjs. -->

The last run of \`npm run bench\`, ${date}, on ${data}.

- Machine: ${cpu}, ${cores} cores; load average in the minute before the run ${load.toFixed(2)}.
- Versions: ${versions.join(', ')}.
- Native and browser take turns, ${repetitions} times each; the median is shown. The widest spread of any
  model's repetitions is ${spread(rows)} % of its median.
${notes.map((note) => `- ${note}\n`).join('')}
## Five folds

Seconds to fit every fold of a 5-fold cross-validation with each model's defaults, on one thread.

${comparison(rows)}

## Targets

${targets(rows, one)}

## One fold, native

Medians by criterion: the fit of one fold with all its passes, and its first pass alone.

${single(rows)}

## How to read it

- **peer** is the same model, or the nearest to it, in Python: ${PEERS}. It runs once, after the others, on
  one thread. All are compiled code behind Python. Each side runs at its own defaults: SVD++ here goes
  through 30 epochs, Surprise's through 20.
- **native** is \`factorscope cv\` in release; **browser** is the site's WebAssembly package in a worker of
  a headless Chromium tab, a fresh one each time.
- A fit is what it takes to make start values and go through all passes. Reading the file, building the
  rating sets and measuring errors are not counted, on any side.
- **peer / native** and **peer / browser** say how many times as fast this engine is; **browser / native**
  how many times as long the tab takes.
- **error** is the RMSE, the mean over the folds, predictions clipped to the rating scale; of a model that
  only ranks it is the expected percentile rank. The folds are random and not the same here and there:
  expect differences of .002 in RMSE that mean nothing. docs/MODELS.md has the MAE and all peers.
- **same bits**: native and browser end with equal fingerprints, so every parameter of every fold is
  equal to the last bit. The run fails where they differ.
- Times of one machine say little about another; ratios carry over better. A load above a few tenths, or
  a wide spread, means that other work took part: run it again on an idle machine.

\`npm run bench -- --full\` runs all five folds of Surprise's SVD++, which takes six minutes instead of
one; \`npm run bench -- --quick\` only shows that everything runs and leaves this page alone.
`;
}
