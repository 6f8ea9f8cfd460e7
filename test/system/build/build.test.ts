import { execFile } from 'node:child_process';
import {
  closeSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { place } from '../../../dev/build/output.mjs';
import { ROOT } from '../../support/machine/machine.ts';

// A test waits for several whole builds.
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

const OTHER = ['--out', join(home, 'other'), '--platform', 'linux', '--arch', 'arm64', '--libc', 'musl'];

const at = (directory: string, name: string) => join(home, directory, name);
/** What is built here, as an earlier build that has left no record. */
function layEarlier(directory: string): void {
  for (const name of FILES) {
    mkdirSync(dirname(at(directory, name)), { recursive: true });
    copyFileSync(join(ROOT, name), at(directory, name));
  }
}

const facts = (directory: string) =>
  FILES.map((name) => {
    const { ino, mtimeMs, mode } = statSync(at(directory, name));
    return { name, ino, mtimeMs, mode: mode & 0o777 };
  });

describe('a build', () => {
  const first = build('--out', join(home, 'first'));
  layEarlier('other');
  const other = build(...OTHER);

  it('makes each executable, and beside it the addon and the licenses of what is in it', async () => {
    await first;
    const made = readdirSync(join(home, 'first'), { recursive: true, encoding: 'utf8' });
    expect(made.filter((name) => !name.startsWith('.')).sort()).toEqual(
      ['cgi-bin', ...FILES, 'scripts'].sort(),
    );
    const modes = Object.fromEntries(facts('first').map(({ name, mode }) => [name, mode.toString(8)]));
    expect(modes).toMatchObject({ 'cgi-bin/update_config': '755', 'scripts/start': '755' });
  });

  it('has nothing to do when nothing has changed', async () => {
    await first;
    const before = facts('first');
    expect((await build('--out', join(home, 'first'))).stdout).toBe('');
    expect(facts('first')).toEqual(before);
  });

  it('makes the same bytes again, for another platform too, and takes the addon of that', async () => {
    await Promise.all([first, other]);
    for (const name of TEXTS) {
      expect(readFileSync(at('first', name), 'utf8') === readFileSync(at('other', name), 'utf8'), name).toBe(
        true,
      );
    }
    const addon = (directory: string) => readFileSync(at(directory, 'cgi-bin/better_sqlite3.node'));
    const prebuilt = readFileSync(join(ROOT, 'node_modules/better-sqlite3/prebuilds/linuxmusl-arm64.node'));
    expect(addon('other').equals(prebuilt)).toBe(true);
    expect(addon('first').equals(prebuilt)).toBe(false);
  });

  it('replaces an earlier build that left no record', async () => {
    expect((await other).stdout).toContain('Built');
    const addon = 'cgi-bin/better_sqlite3.node';
    expect(readFileSync(at('other', addon)).equals(readFileSync(join(ROOT, addon)))).toBe(false);
  });

  it('replaces what somebody has changed', async () => {
    await Promise.all([first, other]);
    const good = readFileSync(at('first', 'scripts/start'));
    writeFileSync(at('first', 'scripts/start'), 'changed');
    expect((await build('--out', join(home, 'first'))).stdout).toContain('Built');
    expect(readFileSync(at('first', 'scripts/start'))).toEqual(good);
  });

  it('names no path of the machine that it was made on', async () => {
    await first;
    for (const name of TEXTS) {
      const text = readFileSync(at('first', name), 'utf8');
      const named = [ROOT, home, `${homedir()}/`].filter((path) => text.includes(path));
      expect(named, name).toEqual([]);
    }
  });

  it('hands on the license of every package that is in it', async () => {
    await first;
    const licenses = readFileSync(at('first', 'cgi-bin/THIRD_PARTY_LICENSES'), 'utf8');
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
    const ofScripts = readFileSync(at('first', 'scripts/THIRD_PARTY_LICENSES'), 'utf8');
    expect(ofScripts).toMatch(/^@aws-sdk\/client-s3 \d+\.\d+\.\d+ \(.+\)$/m);
    // Each folder has those of its own executables alone: the web part's server is one of the scripts.
    expect(ofScripts).toMatch(/^ws \d+\.\d+\.\d+ \(.+\)$/m);
    for (const name of ['ws', '@aws-sdk/client-s3']) expect(licenses).not.toContain(`\n${name} `);
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
