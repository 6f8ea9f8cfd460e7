import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { MAX_LINE_BYTES, TAIL_LINES } from '../../../src/child/line-reader.ts';
import { type ChildOutcome, type ChildRequest, runChild } from '../../../src/child/run-child.ts';

const home = mkdtempSync(join(tmpdir(), 'child-'));
const file = (name: string, content: string, mode: number): string => {
  const path = join(home, name);
  writeFileSync(path, content, { mode });
  return path;
};
const run = (command: readonly string[], more: Partial<ChildRequest> = {}) =>
  runChild({ command, cwd: home, env: { PATH: process.env['PATH'] }, timeoutMs: 60_000, ...more });
const tailOf = async (outcome: Promise<ChildOutcome>): Promise<readonly string[]> => {
  const ended = await outcome;
  return ended.kind === 'not-started' ? [] : ended.tail;
};
const sh = (script: string, more: Partial<ChildRequest> = {}) => run(['sh', '-c', script], more);

afterAll(() => rmSync(home, { recursive: true }));

// What guards a child runs in the system's shell: Debian's and Alpine's.
describe.for([
  ['dash', ['/bin/dash']],
  ['busybox', ['busybox', 'sh']],
] as const)('guarded by %s', ([, shell]) => {
  it('a command ends with its own exit code, whatever it is', async () => {
    for (const code of [0, 1, 3, 125, 126, 127, 128, 137, 143, 255]) {
      expect(await sh(`exit ${code}`, { shell })).toEqual({ kind: 'exited', code, tail: [] });
    }
  });

  it('a command that a signal ends differs from one that exits with 128 and the number of the signal', async () => {
    expect(await sh('echo dying; kill -TERM $$', { shell })).toEqual({
      kind: 'killed',
      signal: 'SIGTERM',
      tail: ['dying'],
    });
  });

  it('no process is left when a command has ended, since Navigator never reaps an orphan', async () => {
    const before = childrenOf(process.pid);
    for (const command of [['true'], ['sh', '-c', 'exit 3'], ['/nowhere/at/all']]) {
      await run(command, { shell });
      expect(childrenOf(process.pid)).toEqual(before);
    }
  });

  it('arguments arrive as they are, and no shell looks at them', async () => {
    const odd = ['a b', '$HOME', '`id`', '"\'\\', '*', '', 'x\ny', '-n', '<&3'];
    const tail = await tailOf(run(['printf', '[%s]\n', ...odd], { shell }));
    expect(tail.join('\n')).toBe(odd.map((text) => `[${text}]`).join('\n'));
  });

  it("a command that is called like one of the shell's own is a program all the same", async () => {
    file('exit', '#!/bin/sh\necho the program\n', 0o755);
    const env = { PATH: `${home}:${process.env['PATH']}` };
    expect(await run(['exit', '7'], { shell, env })).toEqual({
      kind: 'exited',
      code: 0,
      tail: ['the program'],
    });
  });

  it('the environment is the one that is given, the directory too, and standard input is empty', async () => {
    const env = { PATH: process.env['PATH'], word: 'mine', ENV: '/nowhere', IFS: 'x' };
    const tail = await tailOf(sh('env; pwd; cat; ls -l /proc/self/fd', { shell, env }));
    expect(tail).toContain('ENV=/nowhere');
    expect(tail).toContain('word=mine');
    expect(tail).toContain(home);
    expect(tail.some((line) => line.startsWith('AWS_') || line.startsWith('HOME='))).toBe(false);
    // Output and errors are the one pipe that it shares with us.
    expect(tail.filter((line) => line.includes('socket:'))).toHaveLength(2);
  });

  it('interrupts reach the command as they reach any other', async () => {
    expect(await sh('kill -INT $$; echo survived', { shell })).toMatchObject({ signal: 'SIGINT', tail: [] });
  });
});

describe('the output of a command', () => {
  it('and its errors come as one list of lines, in order, even if the last line has no end', async () => {
    const lines: string[] = [];
    const outcome = await sh('echo one; echo two >&2; printf "three\\r\\n\\nfive"', {
      onLine: (line) => lines.push(line),
    });
    expect(lines).toEqual(['one', 'two', 'three', '', 'five']);
    expect(outcome).toMatchObject({ tail: lines });
  });

  it('is text even if it is not UTF-8', async () => {
    const tail = await tailOf(sh("printf 'caf\\351 \\303\\251 \\000\\n'"));
    expect(tail).toEqual(['caf\ufffd é \0']);
  });

  it('is kept as its last lines, and of a long line the beginning', async () => {
    const tail = await tailOf(sh('seq 1 5000; head -c 100000 /dev/zero | tr "\\0" x'));
    expect(tail).toHaveLength(TAIL_LINES);
    expect(tail.at(-2)).toBe('5000');
    expect(tail.at(-1)).toBe(`${'x'.repeat(MAX_LINE_BYTES)} ... (cut)`);
  });

  it('of hundreds of megabytes leaves the memory as it was, in one line or in millions', async () => {
    const before = process.memoryUsage().rss;
    expect(await sh('head -c 400000000 /dev/zero')).toMatchObject({ kind: 'exited', code: 0 });
    expect(await sh('yes "a line of text that is neither short nor long" | head -c 100000000')).toMatchObject(
      { kind: 'exited', code: 0 },
    );
    expect(process.memoryUsage().rss - before).toBeLessThan(150 * 2 ** 20);
  });
});

describe('a command that cannot be started', () => {
  it.for([
    ['is not there', ['no-such-program'], 'no-such-program is not a program'],
    ['is not in its directory', ['./no-such-program'], './no-such-program is not a program'],
    ['is a directory', ['/'], '/ is not a program'],
    ['has no name', [''], 'the empty name is not a program'],
    ['is no command at all', [], 'the empty name is not a program'],
    ['holds a NUL', ['echo', 'a\0b'], 'the command holds a NUL'],
  ] as const)('because it %s reports the reason', async ([, command, reason]) => {
    expect(await run(command)).toEqual({ kind: 'not-started', reason });
  });

  it('because it is not executable reports the reason', async () => {
    const path = file('plain', 'echo hello\n', 0o644);
    expect(await run([path])).toEqual({ kind: 'not-started', reason: `${path} is not a program` });
  });

  it('because its directory does not exist reports the reason', async () => {
    const cwd = join(home, 'nowhere');
    expect(await run(['true'], { cwd })).toEqual({
      kind: 'not-started',
      reason: `there is no directory ${cwd}`,
    });
  });

  it('because its arguments are too long reports the reason', async () => {
    expect(await run(['true', 'x'.repeat(3_000_000)])).toMatchObject({
      kind: 'not-started',
      reason: expect.stringContaining('E2BIG'),
    });
  });

  it('because the guard cannot be started never runs', async () => {
    expect(await run(['touch', 'made'], { shell: ['/no/such/shell'] })).toMatchObject({
      kind: 'not-started',
    });
  });
});

/** Process ids of the direct children, those that have ended and wait for their parent too. */
function childrenOf(parent: number): string[] {
  return readdirSync('/proc').filter((pid) => /^\d+$/.test(pid) && parentOf(pid) === parent);
}

function parentOf(pid: string): number | null {
  try {
    return Number(/^PPid:\s+(\d+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]);
  } catch {
    return null; // gone since
  }
}
