import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, describe, expect, it } from 'vitest';
import { brokenLinks } from '../../../dev/docs-site/broken-links.ts';
import { ROOT } from '../../support/machine/machine.ts';

const home = mkdtempSync(join(tmpdir(), 'docs-site-'));
afterAll(() => rmSync(home, { recursive: true }));

/** Runs it where it ends before anything is built. */
async function docs(...args: string[]): Promise<{ code: number; stderr: string }> {
  const command = [join(ROOT, 'dev/docs-site/main.ts'), ...args];
  return await promisify(execFile)(process.execPath, command).then(
    ({ stderr }) => ({ code: 0, stderr }),
    (error: { code: number; stderr: string }) => error,
  );
}

describe('npm run docs', () => {
  it('leaves a directory alone that has anything but a site of an earlier run', async () => {
    const out = join(home, 'mine');
    mkdirSync(out);
    writeFileSync(join(out, 'thesis.txt'), 'chapter 1');
    const { code, stderr } = await docs('--out', out);
    expect([code, stderr]).toEqual([
      2,
      `${out} is there, and no site of an earlier run: choose another --out\n`,
    ]);
    expect(readdirSync(out)).toEqual(['thesis.txt']);
    expect(readFileSync(join(out, 'thesis.txt'), 'utf8')).toBe('chapter 1');
  });

  it.each([
    [['--bsae', '/x/'], /^Unknown option '--bsae'\. npm run docs -- --help lists the options\.$/m],
    [['--base', '/x y/'], /^--base \/x y\/ is no path/],
    [['--serve', '--port', '8o8o'], /^A port is a number up to 65535, not 8o8o$/m],
  ])('says what is wrong with %j, and builds nothing', async (args, says) => {
    const { code, stderr } = await docs('--out', join(home, 'none'), ...args);
    expect(stderr).toMatch(says);
    expect(stderr).not.toContain('    at ');
    expect(code).toBe(2);
    expect(readdirSync(home)).not.toContain('none');
  });

  it('builds nothing that it could not serve', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const { code, stderr } = await docs('--out', join(home, 'none'), '--serve', '--port', `${port}`);
    server.close();
    expect([code, stderr]).toEqual([2, `Port ${port} cannot be used: another program has it\n`]);
    expect(readdirSync(home)).not.toContain('none');
  });
});

describe('the links of a built site', () => {
  it('are found where they lead to no page, no heading, or out of the site', () => {
    const dir = join(home, 'site');
    mkdirSync(join(dir, 'docs'), { recursive: true });
    const good = ['/x/', '/x/docs/a.html#there', 'a.html', '../index.html', '#there', 'https://example.com/'];
    const bad = ['/docs/a.html', '/x/docs/b.html', '/x/docs/a.html#gone', '../../up.html', 'javascript:go()'];
    const links = [...good, ...bad].map((address) => `<a href="${address}">`).join('');
    writeFileSync(join(dir, 'index.html'), '<h1 id="there">');
    writeFileSync(join(dir, 'docs/a.html'), `<h1 id="there">${links}`);
    expect(brokenLinks(dir, '/x/')).toEqual(bad.map((address) => `docs/a.html: ${address}`));
  });
});
