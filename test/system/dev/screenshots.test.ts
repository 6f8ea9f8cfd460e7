import { execFile } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Pictures } from '../../../dev/pages/pictures.ts';
import { ROOT } from '../../support/machine/machine.ts';

/** A PNG of one grey pixel. */
const PIXEL = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGOoBwAAggCBOdd0WgAAAABJRU5ErkJggg==',
  'base64',
);

const home = mkdtempSync(join(tmpdir(), 'screenshots-'));
afterAll(() => rmSync(home, { recursive: true }));
let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(home, 'out-'));
});

const TOOL = join(ROOT, 'dev/pages/screenshots.ts');
/** Without a browser: what is wrong must be told before one is started. */
const env = { ...process.env, CHROMIUM_PATH: '/nonexistent' };

describe('the options of npm run screenshots', () => {
  const WRONG: readonly (readonly [wrong: string, args: readonly string[], says: RegExp])[] = [
    ['an unknown kind', ['--only', 'studoi'], /no kind of page studoi\. There are: home, .*studio, .*maps$/m],
    ['an unknown option', ['--onyl', 'studio'], /--onyl/],
    [
      'an index that is not there',
      ['--index', '/nonexistent/index.sqlite3'],
      /\/nonexistent\/index\.sqlite3 cannot be read/,
    ],
    ['an index that is none', ['--index', join(ROOT, 'package.json')], /package\.json cannot be read/],
  ];
  let ends: readonly { code: number; stderr: string }[] = [];
  let out: string;
  beforeAll(async () => {
    out = mkdtempSync(join(home, 'wrong-'));
    writeFileSync(join(out, 'thesis.txt'), 'chapter 1');
    new Pictures(out).add('sample-home-light-wide.png', PIXEL);
    const commands = WRONG.map(([, args]) => [TOOL, '--out', out, ...args]);
    const program = [join(ROOT, 'test/support/demo/tools-process.ts'), JSON.stringify(commands)];
    const { stdout } = await promisify(execFile)(process.execPath, program, { env });
    ends = JSON.parse(stdout);
  });

  it.each(WRONG.map(([wrong, , says], at) => ({ wrong, says, at })))(
    'are checked before anything is done: $wrong',
    ({ says, at }) => {
      const { code, stderr } = ends[at] ?? expect.unreachable();
      expect(stderr).toMatch(says);
      expect(stderr.trimEnd().split('\n')).toHaveLength(1);
      expect(code).toBe(2);
      expect(readdirSync(out)).toEqual(['sample-home-light-wide.png', 'thesis.txt']);
    },
  );

  it('are checked before anything is done: a file in the place of the directory', async () => {
    const file = join(dir, 'file');
    writeFileSync(file, 'kept');
    const failed = promisify(execFile)(process.execPath, [TOOL, '--out', file], { env });
    await expect(failed).rejects.toMatchObject({ code: 2, stderr: expect.stringContaining(file) });
    expect(readFileSync(file, 'utf8')).toBe('kept');
  });
});

describe('the folder of screenshots', () => {
  it('loses those of an earlier run that are not made again, and nothing else', () => {
    const before = new Pictures(dir);
    for (const name of ['a-light-wide.png', 'gone-light-wide.png']) before.add(name, PIXEL);
    writeFileSync(join(dir, 'family-light-wide.png'), PIXEL); // not made here
    writeFileSync(join(dir, 'thesis.txt'), 'chapter 1');
    mkdirSync(join(dir, 'folder.png'));
    const after = new Pictures(dir);
    after.add('a-light-wide.png', PIXEL);
    after.removeOld();
    expect(readdirSync(dir)).toEqual([
      'a-light-wide.png',
      'family-light-wide.png',
      'folder.png',
      'thesis.txt',
    ]);
  });

  it('does not treat a file as its own because of its name', () => {
    const path = join(dir, 'sample-home-light-wide.png');
    writeFileSync(path, PIXEL);
    expect(() => new Pictures(dir).add('sample-home-light-wide.png', PIXEL)).toThrow(path);
    expect(readFileSync(path)).toEqual(PIXEL);
  });

  it('is made where there is none', () => {
    const path = new Pictures(join(dir, 'new/folder')).add('a.png', PIXEL);
    expect(existsSync(path)).toBe(true);
  });
});
