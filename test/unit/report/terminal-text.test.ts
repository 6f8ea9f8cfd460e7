import { describe, expect, it } from 'vitest';
import type { NoticedChange } from '../../../src/noticed-change.ts';
import { noticedLines } from '../../../src/report/noticed-lines.ts';
import { terminalReport } from '../../../src/report/terminal-text.ts';

const AT = '2026-01-02T03:04:05.678Z';
const FACTS = { v: 1, run: '20260102T030405678Z-1f2e3d', seq: 1, at: AT } as const;
const STEP = { ...FACTS, type: 'step', number: 1, of: 2, name: 'fetch', title: 'Fetch the index' } as const;

function terminal(columns: number) {
  const written: string[] = [];
  const report = terminalReport({ write: (text) => written.push(text), columns: () => columns });
  return { report, written };
}

describe('at a terminal', () => {
  it('a step takes one line, which is written over once it is done and it is known how many there are', () => {
    const { report, written } = terminal(100);
    report(STEP);
    report({
      ...FACTS,
      type: 'step-done',
      number: 1,
      of: 2,
      name: 'fetch',
      outcome: 'done',
      detail: '4096 bytes',
      ms: 12.3,
    });
    expect(written).toEqual([
      `[${AT}] Step 1: Fetch the index ...`,
      `\r\u001b[2K[${AT}] Step 1/2: Fetch the index: 4096 bytes (12.3 ms)\n`,
    ]);
  });

  it('what is under way is cut to the width, so that it can be erased', () => {
    const { report, written } = terminal(40);
    report(STEP);
    expect(written[0]).toHaveLength(39);
    report({ ...FACTS, type: 'note', message: 'the store is slow' });
    expect(written[1]).toBe(`\r\u001b[2K[${AT}] Note: the store is slow\n`);
  });
});

describe('the lines of what people notice', () => {
  const event = (change: NoticedChange['change'], at: number): NoticedChange => ({
    kind: 'event',
    change,
    name: `/2026/studio${at}/`,
  });

  it('say in words what becomes of each', () => {
    const lines = noticedLines([
      event('new', 1),
      { ...event('moved', 2), from: '/2025/studio2/' },
      event('gone', 3),
      { kind: 'studio', change: 'moved', name: 'boston', from: 'iad', to: null },
      { kind: 'login', change: 'new', name: 'ada' },
      { kind: 'login', change: 'password', name: 'ben' },
      { kind: 'login', change: 'gone', name: 'cleo' },
    ]);
    expect(lines).toEqual([
      '+ /2026/studio1/  is new',
      '> /2026/studio2/  was /2025/studio2/',
      '- /2026/studio3/  is gone',
      '> boston          is served by every region, was by iad',
      '+ ada             can log in',
      '* ben             has another password',
      '- cleo            can no longer log in',
    ]);
  });

  it('are forty at most, and then one that counts the others', () => {
    const lines = noticedLines(Array.from({ length: 43 }, (_, at) => event('new', at)));
    expect(lines).toHaveLength(41);
    expect(lines.at(-1)).toBe('and 3 more');
  });
});
