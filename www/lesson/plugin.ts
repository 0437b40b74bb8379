import { existsSync } from 'node:fs';
import path from 'node:path';

import type { Plugin, ViteDevServer } from 'vite';

import { type Book, type Places, writeBook } from './book.ts';
import { loadRegistry, loadTables } from './registry.ts';
import { chapterList } from './template.ts';

const PLACES = { lessons: 'notebooks-md', pages: 'chapters' };
const LIST = '<!-- chapters -->';
const REGISTRY = 'virtual:registry';
const METRICS = 'virtual:metrics';
const CHAPTERS = 'virtual:chapters';

/**
 * Turns the lessons into pages that Vite then treats as any page: inputs of the build, served and
 * reloaded while writing. The start page gets the list of chapters.
 */
export function lessons(): Plugin {
  let book: Book = { entries: [], sources: new Set() };
  let places: Places;

  const write = async (): Promise<void> => {
    book = await writeBook(places, () => loadRegistry(path.join(places.root, 'pkg')));
  };

  return {
    name: 'factorscope:lessons',

    async config(user) {
      places = { root: path.resolve(user.root ?? process.cwd()), ...PLACES };
      await write();
      const names = book.entries.map(({ slug }) => `${PLACES.pages}/${slug}.html`);
      const input = ['index.html', ...names]
        .map((name) => path.join(places.root, name))
        .filter((file) => existsSync(file));
      return { build: { rolldownOptions: { input } } };
    },

    // The tables of models and metrics reach the page as data, so that controls stand before the engine runs.
    // So does the chapter that introduces each model.
    resolveId: (id) => ([REGISTRY, METRICS, CHAPTERS].includes(id) ? `\0${id}` : undefined),

    async load(id) {
      if (id === `\0${CHAPTERS}`) {
        const chapters = book.entries.flatMap(({ models, number, slug, title }) =>
          models.map((model) => [model.id, { number, slug, title }] as const),
        );
        return `export default ${JSON.stringify(Object.fromEntries(chapters))};`;
      }
      if (id !== `\0${REGISTRY}` && id !== `\0${METRICS}`) return undefined;
      const { metrics, registry } = await loadTables(path.join(places.root, 'pkg'));
      return `export default ${JSON.stringify(id === `\0${METRICS}` ? metrics : registry)};`;
    },

    transformIndexHtml: {
      order: 'pre',
      handler: (html) => html.replace(LIST, () => chapterList(book.entries, `${PLACES.pages}/`)),
    },

    configureServer(server) {
      server.watcher.add(path.join(places.root, PLACES.lessons));
      server.watcher.add([...book.sources]);
      server.watcher.on('all', (_event, file) => {
        const lesson = file.startsWith(path.join(places.root, PLACES.lessons) + path.sep);
        if (lesson || book.sources.has(file)) void rewrite(server);
      });
    },
  };

  async function rewrite(server: ViteDevServer): Promise<void> {
    try {
      await write();
      server.watcher.add([...book.sources]);
      server.ws.send({ type: 'full-reload' });
    } catch (error) {
      const { message, stack = '' } = error instanceof Error ? error : new Error(String(error));
      server.config.logger.error(message);
      server.ws.send({ type: 'error', err: { message, stack } });
    }
  }
}
