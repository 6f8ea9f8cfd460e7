import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { pinoReport } from '../../../src/report/log.ts';
import { createScrubber } from '../../../src/report/redact.ts';
import { told } from '../../support/report/results.ts';

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'log-'));
  onTestFinished(() => rmSync(path, { recursive: true }));
  return path;
}

/** @returns what kept the lines from the file */
async function log(logDir: string): Promise<string | null> {
  const one = pinoReport({ logDir, standardError: false, name: 'x', base: {}, scrubber: createScrubber([]) });
  one.report(told({ type: 'note', message: 'told' }));
  await one.flush();
  return one.problem();
}

it('a log that is a link leaves its target unchanged, and reports why nothing is logged', async () => {
  const home = folder();
  const target = join(home, 'precious');
  writeFileSync(target, 'bytes');
  symlinkSync(target, join(home, 'x.log'));
  expect(await log(home)).toMatch(/x\.log cannot be written: ELOOP/);
  expect(readFileSync(target, 'utf8')).toBe('bytes');
});

it('a log is made readable for its owner and group alone, whatever the umask, and appended to', async () => {
  const before = process.umask(0);
  onTestFinished(() => void process.umask(before));
  const home = folder();
  expect(await log(home)).toBe(null);
  expect(await log(home)).toBe(null);
  const path = join(home, 'x.log');
  expect(statSync(path).mode & 0o777).toBe(0o640);
  expect(readFileSync(path, 'utf8').trimEnd().split('\n')).toHaveLength(2);
});

it('a log below a missing directory is skipped silently, since other code reports it', async () => {
  expect(await log(join(folder(), 'missing'))).toBe(null);
});

it('a log that is a directory is reported, and stops nothing', async () => {
  const home = folder();
  mkdirSync(join(home, 'x.log'));
  expect(await log(home)).toMatch(/cannot be written: EISDIR/);
});
