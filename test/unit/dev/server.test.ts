import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type PageServer, servePages } from '../../../dev/pages/server.ts';

const publicDir = mkdtempSync(join(tmpdir(), 'public-'));
const FILES = ['index.html', 'studios/index.html', 'studios/st.louis/index.html', 'about.html', 'robots.txt'];
let server: PageServer;

beforeAll(async () => {
  for (const name of [...FILES, 'secret.key']) {
    mkdirSync(dirname(join(publicDir, name)), { recursive: true });
    writeFileSync(join(publicDir, name), name);
  }
  server = await servePages(publicDir, '/showcase');
});
afterAll(async () => {
  await server.close();
  rmSync(publicDir, { recursive: true });
});

describe('the server of pages, as Navigator with its root path', () => {
  for (const [path, file] of [
    ['/showcase/', 'index.html'],
    ['/showcase/studios/', 'studios/index.html'],
    ['/showcase/studios/st.louis/', 'studios/st.louis/index.html'],
    ['/showcase/about', 'about.html'],
    ['/showcase/robots.txt', 'robots.txt'],
  ] as const) {
    it(`answers ${path} with ${file}`, async () => {
      const response = await fetch(server.origin + path, { redirect: 'manual' });
      expect([response.status, await response.text()]).toEqual([200, file]);
    });
  }

  it('redirects a directory without its slash', async () => {
    const response = await fetch(`${server.origin}/showcase/studios`, { redirect: 'manual' });
    expect([response.status, response.headers.get('location')]).toEqual([301, '/showcase/studios/']);
  });

  for (const [path, reason] of [
    ['/showcase/studios/st.louis', 'what looks like a file of a foreign kind'],
    ['/showcase/secret.key', 'a file of a foreign kind'],
    ['/showcase/2026/', 'what is not there'],
    ['/showcase/..%2f..%2fetc%2fpasswd', 'what is elsewhere'],
  ] as const) {
    it(`does not find ${reason}`, async () => {
      expect((await fetch(server.origin + path, { redirect: 'manual' })).status).toBe(404);
      expect(server.missing).toContain(path);
    });
  }
});
