import { describe, expect, it } from 'vitest';
import { barReport, renderBar } from '../../../src/report/bar.ts';
import type { EventBody, StepDoneEvent, TenantItem } from '../../../src/report/events.ts';
import { told } from '../../support/report/results.ts';

/** What a terminal shows in the end, and what it showed on its last line on the way. */
class Screen {
  readonly lines: string[] = [''];
  readonly shown: string[] = [];
  writes = 0;

  write(text: string): void {
    this.writes += 1;
    for (const part of text.replaceAll('\r\u001b[2K', '\r').split(/([\n\r])/)) {
      if (part === '\n') this.lines.push('');
      else if (part === '\r') this.lines[this.lines.length - 1] = '';
      else this.lines[this.lines.length - 1] += part;
    }
    this.shown.push(this.lines.at(-1) ?? '');
  }
}

const START = Date.parse('2026-01-02T03:04:05.000Z');

function play(events: readonly (readonly [number, EventBody])[], columns = 80): Screen {
  const screen = new Screen();
  const report = barReport({ write: (text) => screen.write(text), columns: () => columns });
  for (const [ms, event] of events) report(told(event, new Date(START + ms).toISOString()));
  return screen;
}

const step = { type: 'step', number: 1, of: 1, name: 'pages', title: 'Prerender' } as const;
const done: StepDoneEvent = {
  ...{ type: 'step-done', number: 1, of: 1, name: 'pages', ms: 5000 },
  ...{ outcome: 'done', detail: '4 written' },
};
const progress = (count: number, total = 4) =>
  ({ type: 'progress', step: 'pages', done: count, total }) as const;
const item: TenantItem = {
  ...{ type: 'item', kind: 'page', step: 'pages', name: 'index.html' },
  ...{ phase: 'done', outcome: 'changed', detail: '', attempt: 1 },
};

describe('the progress bar', () => {
  it('is below the lines during a step, and gone after it', () => {
    const screen = play([
      [0, step],
      [0, progress(0)],
      [100, item],
      [2000, progress(1)],
      [3000, progress(4)],
      [3001, done],
    ]);
    expect(screen.shown).toContain('Prerender [------------------------] 0/4');
    expect(screen.shown).toContain('Prerender [######------------------] 1/4, 6 s left');
    expect(screen.lines).toEqual([
      '[2026-01-02T03:04:05.000Z] Step 1/1: Prerender ...',
      '[2026-01-02T03:04:05.100Z] index.html: changed',
      '[2026-01-02T03:04:08.001Z] Step 1/1: Prerender: 4 written (5.00 s)',
      '',
    ]);
  });

  it('is drawn at most ten times a second, however much happens', () => {
    const many = Array.from({ length: 10_000 }, (_, at) => [at / 10, progress(at, 10_000)] as const);
    const screen = play([[0, step], ...many]);
    expect(screen.writes).toBeLessThan(30);
  });

  it('is gone from the screen when a step fails half-way', () => {
    const screen = play([
      [0, step],
      [0, progress(1)],
      [50, { ...done, detail: 'failed' }],
    ]);
    expect(screen.lines.slice(-2)).toEqual([expect.stringContaining('failed (5.00 s)'), '']);
  });

  it('starts again with each step, and survives a clock that is set back', () => {
    const screen = play([
      [0, step],
      [0, progress(1)],
      [-3_600_000, progress(2)],
      [-3_590_000, done],
      [-3_590_000, { ...step, title: 'Next' }],
      [-3_590_000, progress(0, 2)],
    ]);
    expect(screen.shown).toContain('Prerender [############------------] 2/4');
    expect(screen.shown.at(-1)).toBe('Next [------------------------] 0/2');
  });

  it('never fills its line, since one that wraps cannot be erased', () => {
    for (const columns of [0, 1, 2, 10, 40]) {
      const bar = renderBar('Prerender the pages', progress(3), 5000, columns);
      expect(bar.length).toBeLessThan(Math.max(columns, 1));
    }
  });

  it('can show a step without work, and minutes', () => {
    expect(renderBar('Pages', progress(0, 0), 5000, 80)).toBe('Pages [------------------------] 0/0');
    expect(renderBar('Pages', progress(1, 400), 1000, 80)).toContain(', 6 min 39 s left');
  });
});
