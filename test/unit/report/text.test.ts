import { describe, expect, it } from 'vitest';
import { describeCounts, renderJson, streamReport, textReport } from '../../../src/report/plain-text.ts';
import type { RunResult } from '../../../src/report/results.ts';
import type { Audience } from '../../../src/report/warned.ts';
import { eventsOf, result } from '../../support/report/results.ts';

function textOf(end: RunResult, audience: Audience): string[] {
  const { report, text } = textReport(audience);
  for (const event of eventsOf(end)) report(event);
  return text().split('\n');
}

const STAMP = '[2026-01-02T03:04:05.678Z] ';

describe('the answer in text', () => {
  it('has numbered steps with their durations, a summary, and the result on the last line', () => {
    const end = result();
    expect(textOf(end, 'administrator')).toEqual([
      `${STAMP}Run 20260102T030405678Z-1f2e3d (cgi)`,
      `${STAMP}Step 1/2: Fetch the index: 4096 bytes (12.3 ms)`,
      `${STAMP}Warning: event "2026/boston/../x" (showcases 12): its key "../x" is no key`,
      `${STAMP}Note: the journal was repaired`,
      `${STAMP}Step 2/2: Install: 1 of 2 differ (1.50 s)`,
      `${STAMP}File /data/db/index.sqlite3: changed, 4096 bytes`,
      `${STAMP}File /rails/config/navigator.yml: unchanged, 99 bytes`,
      `${STAMP}Summary: updated: 1 of 2 files changed, a reload follows, 1 warning about the index, 1.51 s`,
      `RESULT ${JSON.stringify(end)}`,
      '',
    ]);
  });

  it('shows the public only the number of warnings per table', () => {
    const warnings = [
      ...result().warnings,
      { table: 'showcases', id: 13, row: 'event secret', reason: 'secret reason' },
      { table: 'users', id: 14, row: 'user secret', reason: 'secret reason' },
    ] as const;
    const lines = textOf(result({ warnings, warningCount: 3, diff: '-secret\n' }), 'public').join('\n');
    expect(lines).toContain(`${STAMP}Warning: showcases: 2 rows have a warning; administrators see which\n`);
    expect(lines).toContain(`${STAMP}Warning: users: 1 row has a warning; administrators see which\n`);
    expect(lines).toContain('"warningCount":3');
    expect(lines).not.toMatch(/secret|"id":1|\.\.\/x|"diff"/);
  });

  it('says after a dry run what would happen, and shows the diff', () => {
    const diff = '--- /n.yml\n+++ /n.yml\n@@ -1,1 +1,1 @@\n-a: 1\n+a: 2\n';
    const lines = textOf(result({ outcome: 'dry-run', diff }), 'administrator');
    expect(lines).toContain(`${STAMP}File /data/db/index.sqlite3: would change, 4096 bytes`);
    expect(lines).toContain(
      `${STAMP}Summary: dry-run: 1 of 2 files would change, a reload would follow, 1 warning about the index, 1.51 s`,
    );
    expect(lines.slice(-8)).toEqual([
      `${STAMP}navigator.yml:`,
      ...diff.split('\n').slice(0, -1),
      expect.stringMatching(/^RESULT \{/),
      '',
    ]);
  });

  it('says what to do after a failure', () => {
    const error = { code: 'store-timeout', message: 'the store is slow', hint: 'Try again.' } as const;
    const lines = textOf(result({ outcome: 'failed', error, reload: false }), 'public');
    expect(lines).toContain(`${STAMP}Failed (store-timeout): the store is slow`);
    expect(lines).toContain(`${STAMP}What to do: Try again.`);
    expect(lines.at(-2)).toMatch(/^RESULT \{.*"code":"store-timeout"/);
  });

  it('says that a result is another request’s', () => {
    expect(textOf(result({ shared: true }), 'public').join('\n')).toContain(', shared with another request');
  });
});

describe('the live report', () => {
  it('reports a step when it begins, too', () => {
    const written: string[] = [];
    const report = streamReport((text) => written.push(text));
    for (const event of eventsOf(result())) report(event);
    expect(written.slice(0, 3)).toEqual([
      `${STAMP}Run 20260102T030405678Z-1f2e3d (cgi)\n`,
      `${STAMP}Step 1/2: Fetch the index ...\n`,
      `${STAMP}Step 1/2: Fetch the index: 4096 bytes (12.3 ms)\n`,
    ]);
  });
});

describe('the summary of a hook', () => {
  it('has singular words for one, and leaves out zeros', () => {
    const counts = { 'tenants downloaded': 1, 'tenants failed': 0, 'pages written': 1, 'pages unchanged': 2 };
    expect(describeCounts(counts)).toEqual(['1 tenant downloaded', '1 page written', '2 pages unchanged']);
  });
});

describe('the answer in JSON', () => {
  it('is the result alone, on one line', () => {
    expect(renderJson(result(), 'administrator')).toBe(`${JSON.stringify(result())}\n`);
  });

  it('has no rows and no diff for the public', () => {
    const { warnings, diff, ...rest } = JSON.parse(renderJson(result({ diff: '-a\n' }), 'public'));
    const { warnings: _, ...same } = result();
    expect(rest).toEqual(same);
    expect(diff).toBeUndefined();
    expect(warnings).toEqual([
      { table: 'showcases', id: null, row: 'showcases', reason: expect.stringContaining('1 row') },
    ]);
  });
});
