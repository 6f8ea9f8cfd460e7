/**
 * Serves a directory of prerendered pages as Navigator does with this project's navigator.yml: the root path stripped,
 * files by their extension, else `try_files`, and directories with a slash at their end. What Navigator would hand to
 * the application is not found here. The rules are those of its static file handler (rubys/navigator, internal/server).
 */
import { once } from 'node:events';
import { readFile, stat } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join } from 'node:path';

/** `server.static` of navigator.yml. */
const ALLOWED = new Set('html htm txt xml json css js map png jpg gif svg ico pdf xlsx'.split(' '));
const TRY_FILES = ['index.html', '.html', '.htm'];

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.xml': 'text/xml; charset=utf-8',
  '.txt': 'text/plain; charset=utf-8',
};

export interface PageServer {
  /** `http://127.0.0.1:<port>`, without the root path. */
  readonly origin: string;
  /** Every path that was asked for and is not here, in order. */
  readonly missing: readonly string[];
  close(): Promise<void>;
}

/** Serves `publicDir` under `root` (`/showcase`, or `` for the top) on a port of its own on 127.0.0.1. */
export async function servePages(publicDir: string, root: string): Promise<PageServer> {
  const missing: string[] = [];
  const server = createServer((request, response) => {
    response.on('finish', () => {
      if (response.statusCode >= 400) missing.push(request.url ?? '');
    });
    answer(publicDir, root, request, response).catch((error: unknown) => {
      response.writeHead(500).end(String(error));
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    missing,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

async function answer(
  publicDir: string,
  root: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { pathname } = new URL(request.url ?? '/', 'http://127.0.0.1');
  const path = decodeURIComponent(pathname);
  const stripped = (path.startsWith(root) ? path.slice(root.length) : path) || '/';
  if (request.method !== 'GET' && request.method !== 'HEAD') return void response.writeHead(405).end();
  if (stripped.split('/').includes('..')) return void response.writeHead(404).end();
  const extension = extensionOf(stripped);
  if (ALLOWED.has(extension.slice(1))) return send(join(publicDir, stripped), response);
  if (extension !== '') return void response.writeHead(404).end();
  if (!path.endsWith('/') && (await isFile(join(publicDir, stripped, 'index.html')))) {
    return void response.writeHead(301, { location: `${pathname}/` }).end();
  }
  for (const ending of TRY_FILES) {
    const file = join(publicDir, stripped + ending);
    if (await isFile(file)) return send(file, response);
  }
  response.writeHead(404).end();
}

/** As Go's filepath.Ext: from the last dot behind the last slash, a leading dot included. */
function extensionOf(path: string): string {
  const name = path.slice(path.lastIndexOf('/') + 1);
  const dot = name.lastIndexOf('.');
  return dot < 0 ? '' : name.slice(dot);
}

async function send(file: string, response: ServerResponse): Promise<void> {
  if (!(await isFile(file))) return void response.writeHead(404).end();
  const type = TYPES[extname(file)] ?? 'application/octet-stream';
  response.writeHead(200, { 'content-type': type, 'cache-control': 'public, max-age=0' });
  response.end(await readFile(file));
}

async function isFile(path: string): Promise<boolean> {
  return await stat(path).then(
    (stats) => stats.isFile(),
    () => false,
  );
}
