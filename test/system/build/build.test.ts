import { execFile } from 'node:child_process';
import {
  appendFileSync,
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { findForeign, isCurrent, place, writeStamp } from '../../../dev/build/output.mjs';
import { ROOT } from '../../support/machine/machine.ts';

// Two of them wait for a whole build.
vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 });

const home = mkdtempSync(join(tmpdir(), 'build-'));
afterAll(() => rmSync(home, { recursive: true }));

const FILES = [
  'cgi-bin/THIRD_PARTY_LICENSES',
  'cgi-bin/better_sqlite3.node',
  'cgi-bin/update_config',
  'scripts/THIRD_PARTY_LICENSES',
  'scripts/better_sqlite3.node',
  'scripts/config-update',
  'scripts/fleet-sim',
  'scripts/idle',
  'scripts/maintenance-config',
  'scripts/onboard',
  'scripts/ready',
  'scripts/resume',
  'scripts/showcase-web',
  'scripts/start',
  'scripts/sync-databases',
  'scripts/tenant-stop',
];
const TEXTS = FILES.filter((name) => !name.endsWith('.node'));

function build(...args: string[]): Promise<{ stdout: string }> {
  return promisify(execFile)(process.execPath, [join(ROOT, 'build.mjs'), ...args], { encoding: 'utf8' });
}

const OUT = join(home, 'out');
/** Of another platform than the executables of this project, which `npm test` has built. */
const OPTIONS = ['--out', OUT, '--platform', 'linux', '--arch', 'arm64', '--libc', 'musl'];

const at = (name: string) => join(OUT, name);
const facts = () =>
  FILES.map((name) => {
    const { ino, mtimeMs, mode } = statSync(at(name));
    return { name, ino, mtimeMs, mode: mode & 0o777 };
  });

describe('a build', () => {
  beforeAll(async () => {
    expect((await build(...OPTIONS)).stdout).toContain('Built');
  });

  it('makes each executable, and beside it the addon and the licenses of what is in it', () => {
    const made = readdirSync(OUT, { recursive: true, encoding: 'utf8' });
    expect(made.filter((name) => !name.startsWith('.')).sort()).toEqual(
      ['cgi-bin', ...FILES, 'scripts'].sort(),
    );
    const modes = Object.fromEntries(facts().map(({ name, mode }) => [name, mode.toString(8)]));
    expect(modes).toMatchObject({ 'cgi-bin/update_config': '755', 'scripts/start': '755' });
  });

  it('has nothing to do when nothing has changed', async () => {
    const before = facts();
    expect((await build(...OPTIONS)).stdout).toBe('');
    expect(facts()).toEqual(before);
  });

  it('makes the same bytes again, for another platform too, and takes the addon of that', () => {
    for (const name of TEXTS)
      expect(readFileSync(at(name), 'utf8') === readFileSync(join(ROOT, name), 'utf8'), name).toBe(true);
    const addon = readFileSync(at('cgi-bin/better_sqlite3.node'));
    const prebuilt = readFileSync(join(ROOT, 'node_modules/better-sqlite3/prebuilds/linuxmusl-arm64.node'));
    expect(addon.equals(prebuilt)).toBe(true);
    expect(readFileSync(join(ROOT, 'cgi-bin/better_sqlite3.node')).equals(prebuilt)).toBe(false);
  });

  it('names no path of the machine that it was made on', () => {
    for (const name of TEXTS) {
      const text = readFileSync(at(name), 'utf8');
      const named = [ROOT, home, `${homedir()}/`].filter((path) => text.includes(path));
      expect(named, name).toEqual([]);
    }
  });

  it('hands on the license of every package that is in it', () => {
    const licenses = readFileSync(at('cgi-bin/THIRD_PARTY_LICENSES'), 'utf8');
    const packages = [
      'better-sqlite3',
      '@smithy/signature-v4',
      '@smithy/core',
      'bcryptjs',
      'pino',
      'd3-geo',
      're2js',
    ];
    for (const name of packages)
      expect(licenses).toMatch(new RegExp(`^${name} \\d+\\.\\d+\\.\\d+ \\(.+\\)$`, 'm'));
    expect(licenses).toContain('Apache License');
    const ofScripts = readFileSync(at('scripts/THIRD_PARTY_LICENSES'), 'utf8');
    expect(ofScripts).toMatch(/^@aws-sdk\/client-s3 \d+\.\d+\.\d+ \(.+\)$/m);
    // Each folder has those of its own executables alone: the web part's server is one of the scripts.
    expect(ofScripts).toMatch(/^ws \d+\.\d+\.\d+ \(.+\)$/m);
    for (const name of ['ws', '@aws-sdk/client-s3']) expect(licenses).not.toContain(`\n${name} `);
  });

  it('replaces an earlier build that left no record, and that somebody has changed', async () => {
    const good = readFileSync(at('scripts/start'));
    rmSync(at('.showcase-config-build.json'));
    rmSync(at('scripts/resume'));
    appendFileSync(at('scripts/start'), '// changed');
    expect((await build(...OPTIONS)).stdout).toContain('Built');
    expect(readFileSync(at('scripts/start')).equals(good)).toBe(true);
    expect(existsSync(at('scripts/resume'))).toBe(true);
  });

  it('replaces no file that it has not made', async () => {
    const out = join(home, 'foreign');
    for (const folder of ['cgi-bin', 'scripts']) mkdirSync(join(out, folder), { recursive: true });
    const theirs = ['cgi-bin/better_sqlite3.node', 'scripts/start'].map((name) => join(out, name));
    for (const path of theirs) writeFileSync(path, 'of another project');
    writeFileSync(join(out, 'scripts/deploy'), 'of another project, in nobody’s way');
    const failed = await build('--out', out, '--force').catch((error: unknown) => error);
    expect(failed).toMatchObject({ code: 2, stderr: expect.stringContaining(theirs.join('\n  ')) });
    for (const path of theirs) expect(readFileSync(path, 'utf8')).toBe('of another project');
    expect(readdirSync(out, { recursive: true })).toHaveLength(5);
  });

  it('lists the platforms if it does not know the given one', async () => {
    const failed = build('--out', join(home, 'none'), '--platform', 'plan9', '--arch', 'x64');
    await expect(failed).rejects.toThrow(/no addon plan9-x64\.node\. It has: .*linux-x64\.node/);
  });
});

describe('the record of a build', () => {
  const key = { out: '' };
  const [input, output, stamp] = ['in', 'made', 'record'] as const;

  it.each<[what: string, change: (root: string) => unknown]>([
    ['an executable has', (root) => appendFileSync(join(root, output), 'x')],
    ['an executable is gone', (root) => rmSync(join(root, output))],
    ['a source has', (root) => appendFileSync(join(root, input), 'x')],
    ['a source has a later time', (root) => utimesSync(join(root, input), 1, 1)],
    ['it is gone itself', (root) => rmSync(join(root, stamp))],
  ])('says that nothing has changed until %s', async (_, change) => {
    const root = mkdtempSync(join(home, 'record-'));
    for (const name of [input, output]) writeFileSync(join(root, name), name);
    await writeStamp(join(root, stamp), root, key, { inputs: [input], outputs: [output] });
    expect(await isCurrent(join(root, stamp), root, key)).toBe(true);
    expect(await isCurrent(join(root, stamp), root, { out: 'elsewhere' })).toBe(false);
    change(root);
    expect(await isCurrent(join(root, stamp), root, key)).toBe(false);
  });

  it('makes what it names the build’s own to replace, whatever it holds now', async () => {
    const root = mkdtempSync(join(home, 'record-'));
    const [path, stamp] = [join(root, 'scripts/start'), join(root, 'record')];
    mkdirSync(dirname(path));
    writeFileSync(path, 'changed');
    const foreign = () => findForeign(stamp, root, root, { executables: { start: 'scripts' }, beside: [] });
    expect(await foreign()).toEqual([path]);
    await writeStamp(stamp, root, {}, { inputs: [], outputs: ['scripts/start'] });
    expect(await foreign()).toEqual([]);
  });
});

describe('a file that is put in place', () => {
  it('is a new one, so that whoever runs or reads the old one keeps it whole', async () => {
    const path = join(home, 'placed');
    await place(path, 'old', 0o644);
    const reader = openSync(path, 'r');
    await place(path, 'new and longer', 0o755);
    expect(readFileSync(reader, 'utf8')).toBe('old');
    closeSync(reader);
    expect(readFileSync(path, 'utf8')).toBe('new and longer');
    expect(readdirSync(home).filter((name) => name.startsWith('.placed'))).toEqual([]);
  });

  it('has the mode that was asked for, whatever the umask', async () => {
    const before = process.umask(0o077);
    try {
      await place(join(home, 'masked'), 'for all', 0o755);
    } finally {
      process.umask(before);
    }
    expect(statSync(join(home, 'masked')).mode & 0o777).toBe(0o755);
  });

  it('is left alone when it has these bytes already', async () => {
    const path = join(home, 'same');
    await place(path, 'same', 0o644);
    const { ino } = statSync(path);
    await place(path, 'same', 0o644);
    expect(statSync(path).ino).toBe(ino);
  });
});
