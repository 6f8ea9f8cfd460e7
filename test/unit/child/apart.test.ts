import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { MAX_LINE_BYTES } from '../../../src/child/line-reader.ts';
import { type ChildRequest, runChild } from '../../../src/child/run-child.ts';
import { decodeEvent } from '../../../src/report/decode.ts';
import { eventsOf, result } from '../../support/report/results.ts';

const home = mkdtempSync(join(tmpdir(), 'child-apart-'));
afterAll(() => rmSync(home, { recursive: true }));

const MIB = 1024 * 1024;

/** What a program printed and complained of, line by line, and how it ended. */
async function run(script: string, more: Partial<ChildRequest> = {}) {
  const [lines, errors]: [string[], string[]] = [[], []];
  const outcome = await runChild({
    ...{ command: [process.execPath, '-e', script], cwd: home, env: {}, timeoutMs: 60_000 },
    onLine: (line) => lines.push(line),
    onError: (line) => errors.push(line),
    ...more,
  });
  return { lines, errors, outcome };
}

// What guards a child runs in the system's shell: Debian's and Alpine's.
describe.for([
  ['dash', ['/bin/dash']],
  ['busybox', ['busybox', 'sh']],
] as const)('a child guarded by %s whose errors are apart', ([, shell]) => {
  it('delivers a line of 1 MiB whole if the limit allows it', async () => {
    const warnings = [{ table: 'users', id: 1, row: 'x'.repeat(MIB), reason: '' } as const];
    const events = eventsOf(result({ warnings }));
    const script = `
      const events = ${JSON.stringify(events)};
      for (const event of events) {
        console.log(JSON.stringify(event));
        console.error(event.type);
      }`;
    const file = join(home, 'print.cjs');
    writeFileSync(file, script);
    const command = [process.execPath, file];
    const { lines, errors, outcome } = await run('', { command, shell, maxLineBytes: 4 * MIB });
    expect(lines.map((line) => decodeEvent(line))).toEqual(events.map((event) => ({ kind: 'event', event })));
    expect(Math.max(...lines.map((line) => line.length))).toBeGreaterThan(MIB);
    expect(errors).toEqual(events.map(({ type }) => type));
    expect(outcome).toMatchObject({ kind: 'exited', code: 0, tail: errors });
  });

  it('has its lines cut at the limit that was given, and its errors at the usual one', async () => {
    const script = "console.log('x'.repeat(5000)); console.log('next'); console.error('y'.repeat(5000))";
    const { lines, errors } = await run(script, { shell, maxLineBytes: 3000 });
    expect(lines).toEqual([`${'x'.repeat(3000)} ... (cut)`, 'next']);
    expect(errors).toEqual([`${'y'.repeat(MAX_LINE_BYTES)} ... (cut)`]);
  });

  it('has its last words taken from its errors alone', async () => {
    const { lines, outcome } = await run("console.log('{}'); console.error('lost'); process.exit(3)", {
      shell,
    });
    expect(lines).toEqual(['{}']);
    expect(outcome).toEqual({ kind: 'exited', code: 3, tail: ['lost'] });
  });

  it('can write a lot to both at once without blocking', async () => {
    const script = 'for (let i = 0; i < 20000; i++) { console.log(i); console.error(-i); }';
    const { lines, errors } = await run(script, { shell });
    expect([lines.length, errors.length]).toEqual([20_000, 20_000]);
    expect([lines.at(-1), errors.at(-1)]).toEqual(['19999', '-19999']);
  });
});

it('a child whose errors are not asked for has them among its output', async () => {
  const lines: string[] = [];
  const outcome = await runChild({
    command: ['sh', '-c', 'echo out; echo err >&2'],
    ...{ cwd: home, env: { PATH: process.env['PATH'] }, timeoutMs: 60_000 },
    onLine: (line) => lines.push(line),
  });
  expect(lines).toEqual(['out', 'err']);
  expect(outcome).toMatchObject({ tail: ['out', 'err'] });
});
