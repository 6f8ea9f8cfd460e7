import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { pinoReport } from '../../../src/report/log.ts';
import { createScrubber } from '../../../src/report/redact.ts';
import type { RunResult } from '../../../src/report/results.ts';
import { AT, eventsOf, result } from '../../support/report/results.ts';

const folder = mkdtempSync(join(tmpdir(), 'log-'));
afterAll(() => rmSync(folder, { recursive: true }));

function logTo(logDir: string | null) {
  return pinoReport({
    logDir,
    standardError: false,
    name: 'update_config',
    base: { machine: 'e2865013', region: 'iad' },
    scrubber: createScrubber([]),
  });
}

async function linesOf(directory: string, end: RunResult): Promise<Record<string, unknown>[]> {
  const log = logTo(directory);
  for (const event of eventsOf(end)) log.report(event);
  await log.flush();
  return readLines(join(directory, 'update_config.log'));
}

function readLines(path: string): Record<string, unknown>[] {
  return readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));
}

function newFolder(name: string): string {
  const path = join(folder, name);
  mkdirSync(path);
  return path;
}

describe('the log', () => {
  it('has one JSON line per event, at the time of the event, with machine and level', async () => {
    const lines = await linesOf(newFolder('events'), result());
    expect(lines.map(({ level, event }) => [level, event])).toEqual([
      ['info', 'run'],
      ['info', 'step-done'],
      ['warn', 'warning'],
      ['info', 'note'],
      ['info', 'step-done'],
      ['info', 'end'],
    ]);
    expect(lines[0]).toEqual({
      level: 'info',
      time: AT,
      name: 'update_config',
      machine: 'e2865013',
      region: 'iad',
      pid: process.pid,
      event: 'run',
      run: '20260102T030405678Z-1f2e3d',
      trigger: 'cgi',
      steps: 2,
      msg: 'run 20260102T030405678Z-1f2e3d',
    });
  });

  it('ends with an error when the operation failed', async () => {
    const error = { code: 'store-timeout', message: 'slow', hint: 'Try again.' } as const;
    const lines = await linesOf(newFolder('failed'), result({ outcome: 'failed', error }));
    expect(lines.at(-1)).toMatchObject({ level: 'error', msg: 'slow', result: { error } });
  });

  it('does not repeat the warnings and the diff at the end', async () => {
    const end = (await linesOf(newFolder('end'), result({ diff: '-a\n' }))).at(-1);
    expect(end?.['result']).not.toHaveProperty('warnings');
    expect(end?.['result']).not.toHaveProperty('diff');
    expect(end?.['result']).toMatchObject({ warningCount: 1 });
  });

  it('is appended to', async () => {
    const directory = newFolder('append');
    await linesOf(directory, result());
    expect(await linesOf(directory, result())).toHaveLength(12);
  });

  it('has the stack of an exception, scrubbed', async () => {
    const directory = newFolder('exception');
    const log = logTo(directory);
    log.exception(new TypeError('bad $apr1$salt$Xxd1irWT9ycqoYxGFn4cb. \u001b'));
    log.exception('no error at all');
    await log.flush();
    const [first, second] = readLines(join(directory, 'update_config.log'));
    expect(first).toMatchObject({
      level: 'error',
      msg: 'bad [redacted] \\u001b',
      err: { stack: expect.stringMatching(/^TypeError: bad \[redacted\] .*\n +at .*log\.test\.ts/) },
    });
    expect(second).toMatchObject({ level: 'error', msg: 'no error at all' });
  });

  it('belongs to the user who writes it, and is not readable by all', async () => {
    const directory = newFolder('owner');
    await linesOf(directory, result());
    const file = statSync(join(directory, 'update_config.log'));
    expect(file.uid).toBe(process.geteuid?.());
    expect(file.mode & 0o007).toBe(0);
  });
});

describe('a log that cannot be written', () => {
  it.each([
    ['the directory is missing', () => join(folder, 'missing')],
    ['the directory is a file', () => writeFileSync(join(folder, 'file'), '') ?? join(folder, 'file')],
    [
      'the log is a directory',
      () => {
        mkdirSync(join(newFolder('directory'), 'update_config.log'));
        return join(folder, 'directory');
      },
    ],
    ['the disk is full', () => symlinked('/dev/full')],
  ])('does not disturb the run if %s', async (_, prepare) => {
    const log = logTo(prepare());
    for (const event of eventsOf(result())) log.report(event);
    await expect(log.flush()).resolves.toBeUndefined();
  });

  it('does not follow a link', async () => {
    const target = join(folder, 'target');
    const directory = symlinked(target);
    await logTo(directory).flush();
    const log = logTo(directory);
    for (const event of eventsOf(result())) log.report(event);
    await log.flush();
    expect(existsSync(target)).toBe(false);
  });

  it('does not disturb the run if the reader of standard error is gone', () => {
    const program = join(folder, 'closed.mts');
    const source = (path: string) => join(import.meta.dirname, '../../../src/report', path);
    writeFileSync(
      program,
      `import { pinoReport } from '${source('log.ts')}';
       import { createScrubber } from '${source('redact.ts')}';
       const log = pinoReport({ logDir: null, standardError: true, name: 'x', base: {}, scrubber: createScrubber([]) });
       log.report({ v: 1, run: null, seq: 1, at: new Date().toISOString(), type: 'note', message: 'x' });
       await log.flush();
       console.log('done');`,
    );
    chmodSync(program, 0o644);
    for (const redirection of ['2>&-', '2>/dev/full', '2> >(exit)']) {
      const run = spawnSync('bash', ['-c', `"${process.execPath}" "${program}" ${redirection}`], {
        encoding: 'utf8',
      });
      expect([redirection, run.stdout, run.status]).toEqual([redirection, 'done\n', 0]);
    }
  });
});

/** A directory whose log is a link. */
function symlinked(target: string): string {
  const directory = mkdtempSync(join(folder, 'link-'));
  symlinkSync(target, join(directory, 'update_config.log'));
  return directory;
}

describe('a log that is closed', () => {
  const openFiles = (directory: string): string[] =>
    readdirSync('/proc/self/fd').filter((fd) => {
      try {
        return readlinkSync(`/proc/self/fd/${fd}`).startsWith(directory);
      } catch {
        return false; // the descriptor of this very look
      }
    });

  it('has everything that was reported, no file open any more, and drops what is reported later', async () => {
    const directory = mkdtempSync(join(folder, 'closed-'));
    for (let voice = 0; voice < 5; voice++) {
      const log = logTo(directory);
      for (const event of eventsOf(result())) log.report(event);
      await log.close();
    }
    const lines = readLines(join(directory, 'update_config.log')).length;
    expect(lines).toBeGreaterThan(5);
    expect(openFiles(directory)).toEqual([]);
    const log = logTo(directory);
    await log.close();
    for (const event of eventsOf(result())) log.report(event);
    await log.flush();
    await log.close();
    expect(openFiles(directory)).toEqual([]);
  });
});
