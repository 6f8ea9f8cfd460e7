/**
 * Whose compiled code is run. An executable of two parts, the second one required late, under cache files that make
 * either part say something else: what it says tells whether they were run.
 */
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeProgram, poison } from '../../support/build/program.ts';
import { Machine } from '../../support/machine/machine.ts';

/** Of the application, as whom a program of root's may go on. */
const RAILS = 4242;

const FIRST = "console.log('first: source');\nrequire('./late.js');\n";
const LATE = "console.log('late: source');\n";
/** As `update_config` does once it has its lock. */
const DROPS = `process.setegid(${RAILS});\nprocess.seteuid(${RAILS});\n`;

let machine: Machine;
let program: string;
let directory: string;

beforeEach(() => {
  machine = new Machine();
  chmodSync(machine.home, 0o755);
  program = join(machine.home, 'bin/program');
  directory = join(machine.home, 'cache');
});
afterEach(() => machine.remove());

async function run(named = directory): Promise<string[]> {
  const env = { UPDATE_CONFIG_CACHE_DIR: named };
  const { exitCode, stdout, stderr } = await machine.run([], { executable: program, env });
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  return stdout.trimEnd().split('\n');
}

/** Makes the program, and lays cache files for it whose code says `cache` where the source says `source`. */
function layPoison(first = FIRST): void {
  makeProgram(program, 'program', { program: first, late: LATE });
  mkdirSync(directory, { mode: 0o700 });
  for (const [part, text] of [
    ['program', first],
    ['late', LATE],
  ] as const) {
    const { name, content } = poison(program, part, [text, text.replace(': source', ': cache ')]);
    writeFileSync(join(directory, name), content, { mode: 0o600 });
  }
}

const FROM_CACHE = ['first: cache ', 'late: cache'];
const FROM_SOURCE = ['first: source', 'late: source'];

describe('compiled code', () => {
  it('is run from a directory that only root can write to', async () => {
    layPoison();
    expect(await run()).toEqual(FROM_CACHE);
  });

  it.each<[where: string, spoil: () => string | undefined]>([
    ['belongs to somebody else', () => void chownSync(directory, RAILS, RAILS)],
    ['can be written to by its group', () => void chmodSync(directory, 0o770)],
    ['can be written to by all', () => void chmodSync(directory, 0o707)],
    ['can be written to by all, and is sticky', () => void chmodSync(directory, 0o1777)],
    ['stands in one of somebody else', () => void chownSync(machine.home, RAILS, RAILS)],
    ['stands in one that others can write to', () => void chmodSync(machine.home, 0o777)],
    [
      'is reached by a link of somebody else',
      () => {
        const link = join(machine.home, 'link');
        symlinkSync(machine.home, link);
        execFileSync('chown', ['--no-dereference', String(RAILS), link]);
        return join(link, 'cache');
      },
    ],
    [
      'is a link itself',
      () => {
        symlinkSync(directory, join(machine.home, 'link'));
        return join(machine.home, 'link');
      },
    ],
  ])('is not run from a directory that %s', async (_, spoil) => {
    layPoison();
    expect(await run(spoil())).toEqual(FROM_SOURCE);
  });

  it('is run from below a sticky directory, and through links of root’s', async () => {
    layPoison();
    const [sticky, link] = ['sticky', 'link'].map((name) => join(machine.home, name)) as [string, string];
    mkdirSync(sticky);
    chmodSync(sticky, 0o1777);
    renameSync(directory, join(sticky, 'cache'));
    symlinkSync('sticky/../sticky/.', link);
    expect(await run(join(link, 'cache'))).toEqual(FROM_CACHE);
  });

  it('is not run when its file is somebody else’s', async () => {
    layPoison();
    for (const name of readdirSync(directory)) chownSync(join(directory, name), RAILS, RAILS);
    expect(await run()).toEqual(FROM_SOURCE);
  });
});

describe('the cache of a program that root has started, and that lays its rights down', () => {
  it('is read later, too, although that user may not', async () => {
    layPoison(DROPS + FIRST);
    expect(await run()).toEqual(FROM_CACHE);
  });

  it('is written at the end, as root, and by nobody else after that', async () => {
    const who = "console.log('user', process.geteuid(), 'group', process.getegid())";
    const told = `process.on('exit', () => { ${who}; });\n${who};\n`;
    makeProgram(program, 'program', { program: DROPS + told + FIRST, late: LATE });
    const rails = `user ${RAILS} group ${RAILS}`;
    expect(await run()).toEqual([rails, ...FROM_SOURCE, rails]);
    const made = readdirSync(directory);
    expect(made).toHaveLength(2);
    for (const path of [directory, ...made.map((name) => join(directory, name))]) {
      const { uid, gid, mode } = statSync(path);
      expect({ uid, gid, mode: mode & 0o077 }, path).toEqual({ uid: 0, gid: 0, mode: 0 });
    }
    const before = made.map((name) => statSync(join(directory, name)).ino);
    await run();
    expect(made.map((name) => statSync(join(directory, name)).ino)).toEqual(before);
  });

  it('is not written once the rights are laid down for good', async () => {
    const forGood = `process.setgid(${RAILS});\nprocess.setuid(${RAILS});\n`;
    makeProgram(program, 'program', { program: forGood + FIRST, late: LATE });
    expect(await run()).toEqual(FROM_SOURCE);
    expect(() => statSync(directory)).toThrow('ENOENT');
  });

  it('is not made in a directory that is not root’s', async () => {
    makeProgram(program, 'program', { program: FIRST, late: LATE });
    chownSync(machine.home, RAILS, RAILS);
    expect(await run()).toEqual(FROM_SOURCE);
    expect(() => statSync(directory)).toThrow('ENOENT');
  });
});

describe('what other builds have left', () => {
  const old = new Date(Date.now() - 48 * 60 * 60 * 1000);
  const lay = (name: string, content: string | Buffer) => {
    writeFileSync(join(directory, name), content, { mode: 0o600 });
    utimesSync(join(directory, name), old, old);
  };
  /** Of another build, as it was written. */
  async function leftovers(): Promise<Buffer> {
    makeProgram(program, 'program', { program: FIRST, late: LATE });
    await run();
    const [name = ''] = readdirSync(directory);
    const content = readFileSync(join(directory, name));
    rmSync(directory, { recursive: true });
    mkdirSync(directory, { mode: 0o700 });
    return content;
  }

  it('is removed after a day, also what was not finished', async () => {
    const content = await leftovers();
    const names = ['program-0123456789abcdef-late', 'program-0123456789abcdef-chunk-ABC.4711'];
    for (const name of names) lay(name, content);
    writeFileSync(join(directory, 'program-0123456789abcdef-young'), content);
    await run();
    const left = readdirSync(directory).filter((name) => name.includes('0123456789abcdef'));
    expect(left).toEqual(['program-0123456789abcdef-young']);
  });

  it('is removed alone: other files stay, whatever their names', async () => {
    const content = await leftovers();
    const names = [
      'program-notes.txt',
      'program-0123456789abcdef-thesis', // the name, not the content
      'program-0123456789ABCDEF-late', // the content, not the name
      'program-0123456789abcdef-late.bak',
      'program-0123456789abcde-late',
      'programs-0123456789abcdef-late',
    ];
    for (const name of names) lay(name, name.includes('thesis') ? 'chapter 1' : content);
    mkdirSync(join(directory, 'program-0123456789abcdef-folder'));
    utimesSync(join(directory, 'program-0123456789abcdef-folder'), old, old);
    await run();
    const left = readdirSync(directory);
    expect(left).toEqual(expect.arrayContaining([...names, 'program-0123456789abcdef-folder']));
  });
});
