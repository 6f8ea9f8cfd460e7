import { execFileSync } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, it, onTestFinished } from 'vitest';

const PROGRAM = join(import.meta.dirname, '../../support/rights/taken-process.ts');
const ROOT = '0:0';
const APPLICATION = '1234:1235';

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'taken-'));
  onTestFinished(() => rmSync(home, { recursive: true }));
  chmodSync(home, 0o755);
  for (const name of ['roots', 'theirs', 'roots/foreign']) {
    mkdirSync(join(home, name));
    chmodSync(join(home, name), name === 'roots/foreign' ? 0o700 : 0o755);
    if (name !== 'roots') chownSync(join(home, name), 1234, 1235);
  }
  for (const path of ['roots/theirs.yml', 'theirs/theirs.yml']) {
    writeFileSync(join(home, path), '');
    chownSync(join(home, path), 1234, 1235);
    chmodSync(join(home, path), 0o664);
  }
});

/** @param without capabilities that root does not have here, as in a container */
function taken(work: 'roots' | 'theirs', without: string[] = []) {
  const paths = ['roots', 'theirs', work].map((name) => join(home, name));
  const bounds = without.length > 0 ? ['--bounding-set', without.map((name) => `-${name}`).join()] : [];
  const command = ['--groups', '0,7', ...bounds, '--', process.execPath, PROGRAM, ...paths];
  return JSON.parse(execFileSync('setpriv', command, { encoding: 'utf8' })) as Record<string, unknown>;
}

const ofRoots = { mode: 0o644, uid: 0, gid: 1235 };
const theirs = { mode: 0o664, uid: 1234, gid: 1235 };
const ofApplication = { mode: 0o600, uid: 1234, gid: 1235 };

it('root works as the account, without its own groups, and takes root’s rights for what root alone controls', () => {
  const { places, ...found } = taken('theirs');
  expect(found).toEqual({
    ...{ taken: 'application', kind: 'application', groups: [1235], who: APPLICATION, after: APPLICATION },
    ...{ root: ROOT, inTheirs: APPLICATION, inRoots: ROOT, open: [APPLICATION, ROOT] },
    ...{ ofRoots, notOfRoots: theirs, ofApplication },
    made: ['made', 'config-invalid'],
    late: 'an error',
  });
  const [one, other] = places as string[];
  expect(one).not.toBe(other);
  expect([one, other].every((path) => path?.startsWith(join(home, 'roots/lasting/data-db-')))).toBe(true);
});

it('root stays root where root alone controls the work, and takes the account’s rights elsewhere', () => {
  expect(taken('roots')).toEqual({
    ...{ taken: 'root', kind: 'root', groups: [1235, 0], who: ROOT, after: ROOT },
    ...{ root: ROOT, inTheirs: APPLICATION, inRoots: ROOT, open: [APPLICATION, ROOT] },
    ...{ ofRoots, notOfRoots: theirs, ofApplication },
    ...{ places: [null, null], made: ['made', 'config-invalid'], late: 'an error' },
  });
});

it('root that may not become the account does nothing in its directories', () => {
  expect(taken('theirs', ['setuid', 'setgid'])).toMatchObject({
    ...{ taken: 'config-invalid', kind: 'root', who: ROOT, after: ROOT },
    ...{ inTheirs: 'config-invalid', inRoots: ROOT },
  });
});
