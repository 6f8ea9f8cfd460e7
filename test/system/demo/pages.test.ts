import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { changeSample, makeSampleIndex } from '../../../dev/sample/sample.ts';
import { Clone } from '../../support/demo/clone.ts';
import { Lines } from '../../support/fleet/fleet-sim.ts';

// The pages are made twice.
vi.setConfig({ testTimeout: 180_000 });

const clone = Clone.use();
let child: ChildProcess;
afterEach(async () => {
  const closed = once(child, 'close');
  child.kill('SIGINT');
  expect(await closed).toEqual([0, null]);
  expect(existsSync(join(clone.path, 'tmp/pages'))).toBe(false);
});

/** Starts it, and waits for the address that it prints. */
async function pages(...args: readonly string[]): Promise<{ lines: Lines; url: string }> {
  const started = spawn(process.execPath, ['dev/pages/serve.ts', ...args], {
    cwd: clone.path,
    env: clone.env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  child = started;
  const lines = new Lines(started.stdout);
  const line = await lines.find((one) => one.includes('Open http'));
  return { lines, url: /Open (\S+)$/.exec(line ?? '')?.[1] ?? expect.unreachable(line ?? 'nothing') };
}

describe('npm run pages', () => {
  it('serves the site of the sample index as Navigator does: pages, files with a digest, logins', async () => {
    const { url } = await pages();
    expect(new URL(url).pathname).toBe('/showcase/studios/');
    const page = await fetch(url);
    const html = await page.text();
    expect([page.status, page.headers.get('cache-control')]).toEqual([200, 'public, max-age=0']);
    expect(html).toMatch(/^<!doctype html>[\s\S]*Boston[\s\S]*<\/html>\n$/);
    const asset = /\/showcase\/assets\/[^"]+\.css/.exec(html)?.[0] ?? '';
    const style = await fetch(new URL(asset, url));
    expect([style.status, style.headers.get('cache-control')]).toEqual([
      200,
      'public, max-age=31536000, immutable',
    ]);
    const withoutSlash = await fetch(new URL('boston', url), { redirect: 'manual' });
    const { status, headers } = withoutSlash;
    expect([status, headers.get('location')]).toEqual([301, '/showcase/studios/boston/']);
    const home = new URL('/showcase/', url);
    expect((await fetch(home)).status).toBe(401);
    const authorization = `Basic ${Buffer.from('ada:viennese-waltz').toString('base64')}`;
    expect(await (await fetch(home, { headers: { authorization } })).text()).toContain('</html>');
    expect((await fetch(new URL('/showcase/nothing.html', url), { headers: { authorization } })).status).toBe(
      404,
    );
  });

  it('makes the pages of a given index again when that changes, and goes on where it cannot be used', async () => {
    const index = join(clone.home, 'an index.sqlite3');
    const first = makeSampleIndex();
    writeFileSync(index, first);
    const { lines, url } = await pages('--index', index, '--root', '/');
    expect(new URL(url).pathname).toBe('/studios/');
    const boston = new URL('/studios/boston/', url);
    expect(await (await fetch(boston)).text()).not.toContain('Tea Dance');
    writeFileSync(index, 'nonsense');
    await lines.find((line) => line.startsWith('The index has changed, and cannot be used: '));
    expect((await fetch(boston)).status).toBe(200);
    writeFileSync(index, changeSample(first).index);
    await lines.find((line) => /^The index has changed: .*pages? written/.test(line));
    expect(await (await fetch(boston)).text()).toContain('Tea Dance');
  });
});
