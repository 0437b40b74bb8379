// Serves the built site, from the root of a port or from a folder below it as a static host would.

import { createServer } from 'node:http';

import sirv from 'sirv';

/**
 * @param {string} folder
 * @param {string} [base] where the site is mounted, such as `/some/path/`
 */
export function server(folder, base = '/') {
  const files = sirv(folder, { dev: true, etag: true, dotfiles: false });
  return createServer((request, response) => {
    const missing = () => {
      response.writeHead(404, { 'content-type': 'text/plain' }).end('There is no such page.\n');
    };
    response.setHeader('x-content-type-options', 'nosniff');
    if (!request.url?.startsWith(base)) return missing();
    request.url = `/${request.url.slice(base.length)}`;
    files(request, response, missing);
  });
}

/**
 * Listens on this machine only, on the first free port from the one wished for.
 *
 * @param {import('node:http').Server} http
 * @param {number} port 0 for any
 * @returns {Promise<number>}
 */
export function listen(http, port) {
  return new Promise((resolve, reject) => {
    http.once('error', (/** @type {NodeJS.ErrnoException} */ error) => {
      const next = error.code === 'EADDRINUSE' && port > 0 && port < 65_535;
      if (next) listen(http, port + 1).then(resolve, reject);
      else reject(error);
    });
    http.listen(port, 'localhost', () => {
      const address = http.address();
      resolve(address && typeof address === 'object' ? address.port : port);
    });
  });
}
