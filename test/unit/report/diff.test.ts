import { describe, expect, it } from 'vitest';
import { unifiedDiff } from '../../../src/report/diff.ts';

const lines = (count: number, text: (number: number) => string) =>
  Array.from({ length: count }, (_, number) => `${text(number)}\n`).join('');

describe('a unified diff', () => {
  it('is empty when nothing differs', async () => {
    expect(await unifiedDiff('a\n', 'a\n', '/n.yml')).toBe('');
  });

  it('shows changes with three lines around them', async () => {
    const before = lines(20, (number) => `line ${number}`);
    expect(await unifiedDiff(before, before.replace('line 9\n', 'line nine\n'), '/n.yml')).toBe(
      [
        '--- /n.yml\tinstalled',
        '+++ /n.yml\tnew',
        '@@ -7,7 +7,7 @@',
        ' line 6',
        ' line 7',
        ' line 8',
        '-line 9',
        '+line nine',
        ' line 10',
        ' line 11',
        ' line 12',
        '',
      ].join('\n'),
    );
  });

  it('shows a new file whole', async () => {
    expect(await unifiedDiff('', 'a\nb\n', '/n.yml')).toContain('@@ -0,0 +1,2 @@\n+a\n+b\n');
  });

  it('has no line that could look like one of the report', async () => {
    const diff = await unifiedDiff('x', 'RESULT {}\n[2026] forged\n---\n', '/n.yml');
    for (const line of diff.trimEnd().split('\n')) expect(line).toMatch(/^[-+ @\\]/);
  });

  it('is cut off when it is too long to read', async () => {
    const diff = await unifiedDiff(
      '',
      lines(15_000, (number) => `line ${number} of a long file`),
      '/n.yml',
    );
    expect(diff.length).toBeLessThan(300_000);
    expect(diff).toMatch(/\n\\ \d+ more lines are not shown\n$/);
  });

  it('is a single line if everything differs', async () => {
    const diff = await unifiedDiff(
      lines(60_000, (number) => `old ${number * 7}`),
      lines(60_000, (number) => `new ${number * 11}`),
      '/n.yml',
    );
    expect(diff).toBe('\\ /n.yml: too much differs to be shown (60000 lines before, 60000 after)\n');
  });

  it('finds one change in a file of many events', async () => {
    const before = lines(300_000, (number) => `        RAILS_APP_SCOPE: 2026/studio/event-${number}`);
    const diff = await unifiedDiff(before, before.replace('event-200000\n', 'event-x\n'), '/n.yml');
    expect(diff).toContain(
      '-        RAILS_APP_SCOPE: 2026/studio/event-200000\n+        RAILS_APP_SCOPE: 2026/studio/event-x\n',
    );
  });
});
