import { spawn } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { strToU8, zipSync } from 'fflate';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';

import { counts, inspect, wrongCounts } from '../../scripts/lib/movielens.mjs';
import { engine } from '../../scripts/lib/steps.mjs';

const script = fileURLToPath(new URL('../../scripts/data.mjs', import.meta.url));
const real = process.env.MOVIELENS_ZIP;
const simulation = 'the site will run on the simulation.';

/** An archive with the parts of the real one, and three ratings. */
const small = zipSync({
  'ml-latest-small/README.txt': strToU8('Summary\n'),
  'ml-latest-small/movies.csv': strToU8(
    'movieId,title,genres\n1,One (1999),Drama\n2,Two (2000),War\n',
  ),
  'ml-latest-small/ratings.csv': strToU8(
    'userId,movieId,rating,timestamp\n1,1,4.0,10\n1,2,3.5,11\n2,1,5.0,12\n',
  ),
});

let folder: string;
let server: Server | undefined;

// The command counts the ratings; compiling it is no part of any test.
beforeAll(() => engine(), 900_000);

beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'factorscope-data-'));
});

afterEach(() => {
  server?.closeAllConnections();
  server?.close();
  server = undefined;
  rmSync(folder, { recursive: true });
});

/** Serves on a port of its own and answers with the address of a file there. */
async function serve(listener: RequestListener): Promise<string> {
  const http = createServer(listener);
  server = http;
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  const address = http.address();
  return `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}/ml-latest-small.zip`;
}

/** Runs `npm run data` as a person would, on folders of its own. */
async function data(env: Record<string, string>): Promise<{ code: number; said: string }> {
  const { MOVIELENS_ZIP: _, ...rest } = process.env;
  const from = path.join(folder, 'data');
  const to = path.join(folder, 'public');
  const child = spawn(process.execPath, [script, '--from', from, '--to', to], {
    env: { ...rest, MOVIELENS_SECONDS: '20', ...env },
  });
  let said = '';
  child.stdout.on('data', (chunk) => (said += chunk));
  child.stderr.on('data', (chunk) => (said += chunk));
  const code = await new Promise<number>((resolve) =>
    child.on('close', (exit) => resolve(exit ?? 1)),
  );
  return { code, said };
}

function manifest(): unknown {
  return JSON.parse(readFileSync(path.join(folder, 'public/manifest.json'), 'utf8'));
}

/** Nothing that could be taken for data is left behind. */
function expectSimulation({ code, said }: { code: number; said: string }): void {
  expect(said).toContain(simulation);
  expect(code).toBe(0);
  expect(manifest()).toEqual({ movielens: null });
  expect(readdirSync(path.join(folder, 'public'))).toEqual(['manifest.json']);
  expect(readdirSync(path.join(folder, 'data'))).toEqual(['download-failed.json']);
}

describe('without MovieLens the site runs on the simulation', () => {
  test('when nobody listens', async () => {
    const url = await serve(() => {});
    await new Promise((resolve) => server?.close(resolve));
    const end = await data({ MOVIELENS_URL: url });
    expectSimulation(end);
    expect(end.said).toContain('the connection was refused');
  });

  test('when the name cannot be resolved', async () => {
    expectSimulation(await data({ MOVIELENS_URL: 'http://nowhere.invalid/ml-latest-small.zip' }));
  });

  test('when the server has no such file', async () => {
    const url = await serve((_request, response) => response.writeHead(404).end('no'));
    const end = await data({ MOVIELENS_URL: url });
    expectSimulation(end);
    expect(end.said).toContain('the server answered 404');
  });

  test('when the connection is cut off halfway', async () => {
    const url = await serve((_request, response) => {
      response.writeHead(200, { 'content-length': String(small.length) });
      response.write(small.subarray(0, small.length / 2), () => response.destroy());
    });
    expectSimulation(await data({ MOVIELENS_URL: url }));
  });

  test('when the file is cut off without anybody saying so', async () => {
    const url = await serve((_request, response) => response.end(small.subarray(0, 300)));
    const end = await data({ MOVIELENS_URL: url });
    expectSimulation(end);
    expect(end.said).toContain('the archive is damaged');
  });

  test('when the server falls silent', async () => {
    const url = await serve((_request, response) => {
      response.writeHead(200, { 'content-length': String(small.length) });
      response.write(small.subarray(0, 100));
    });
    const end = await data({ MOVIELENS_URL: url, MOVIELENS_SECONDS: '1' });
    expectSimulation(end);
    expect(end.said).toContain('no end after 1 s');
  });

  test('when a login page comes instead', async () => {
    const url = await serve((_request, response) => response.end('<!doctype html><title>Login'));
    const end = await data({ MOVIELENS_URL: url });
    expectSimulation(end);
    expect(end.said).toContain('it is not a zip archive');
  });

  test('when another archive comes instead', async () => {
    const other = zipSync({ 'ml-25m/ratings.csv': strToU8('userId,movieId,rating,timestamp\n') });
    const url = await serve((_request, response) => response.end(other));
    const end = await data({ MOVIELENS_URL: url });
    expectSimulation(end);
    expect(end.said).toContain('it holds no ml-latest-small/ratings.csv');
  });

  test('when a file without end comes instead', async () => {
    const url = await serve((_request, response) => {
      const more = (): void => {
        while (response.write(small)) if (response.destroyed) return;
        response.once('drain', more);
      };
      more();
    });
    const end = await data({ MOVIELENS_URL: url });
    expectSimulation(end);
    expect(end.said).toContain('it is far too large');
  });

  test('when the counts are not those of latest-small', async () => {
    const url = await serve((_request, response) => response.end(small));
    const end = await data({ MOVIELENS_URL: url });
    expectSimulation(end);
    expect(end.said).toContain('3 ratings instead of 100836');
  });
});

describe('a file that a person names', () => {
  test('and that is not there ends the command with a sentence', async () => {
    const end = await data({ MOVIELENS_ZIP: path.join(folder, 'none.zip') });
    expect(end.code).toBe(1);
    expect(end.said).toContain('there is no such file');
  });

  test('and that is something else ends the command with a sentence', async () => {
    const file = path.join(folder, 'other.zip');
    writeFileSync(file, small);
    const end = await data({ MOVIELENS_ZIP: file });
    expect(end.code).toBe(1);
    expect(end.said).toContain('is not MovieLens latest-small: it has 3 ratings');
    expect(existsSync(path.join(folder, 'public/movielens.fsd'))).toBe(false);
  });
});

describe('MovieLens latest-small', () => {
  beforeEach(({ skip }) => skip(!real, 'MovieLens is not at hand: set MOVIELENS_ZIP'));

  const whole = (): void => {
    expect(manifest()).toMatchObject({ movielens: { file: 'movielens.fsd', ...counts } });
    expect(existsSync(path.join(folder, 'public/movielens.fsd'))).toBe(true);
    const readme = readFileSync(path.join(folder, 'public/movielens-readme.txt'), 'utf8');
    expect(readme).toContain('Harper');
  };

  test('is downloaded through a redirect, checked, kept, and not downloaded again', async () => {
    let served = 0;
    const url = await serve((request, response) => {
      if (request.url !== '/moved.zip') {
        response.writeHead(302, { location: '/moved.zip' }).end();
        return;
      }
      served += 1;
      response.end(readFileSync(real ?? ''));
    });
    const first = await data({ MOVIELENS_URL: url });
    expect(first).toMatchObject({ code: 0 });
    whole();
    expect(existsSync(path.join(folder, 'data/ml-latest-small.zip'))).toBe(true);
    const second = await data({ MOVIELENS_URL: url });
    expect(second).toMatchObject({ code: 0 });
    expect(served).toBe(1);
  });

  test('is taken from the file in MOVIELENS_ZIP, which stays where it is', async () => {
    expect(await data({ MOVIELENS_ZIP: real ?? '' })).toMatchObject({ code: 0 });
    whole();
    expect(existsSync(path.join(folder, 'data/ml-latest-small.zip'))).toBe(false);
  });

  test('is downloaded anew where the kept file is damaged', async () => {
    const url = await serve((_request, response) => response.end(readFileSync(real ?? '')));
    mkdirSync(path.join(folder, 'data'));
    writeFileSync(path.join(folder, 'data/ml-latest-small.zip'), small.subarray(0, 300));
    expect(await data({ MOVIELENS_URL: url })).toMatchObject({ code: 0 });
    whole();
  });
});

test('an archive is told from others by its parts', () => {
  expect(inspect(small)).toEqual({ readme: 'Summary\n' });
  expect(inspect(new Uint8Array())).toEqual({ wrong: 'it is not a zip archive' });
});

test('counts are compared one by one', () => {
  expect(wrongCounts(counts)).toBeUndefined();
  expect(wrongCounts({ ...counts, users: 609 })).toBe('it has 609 users instead of 610');
});
