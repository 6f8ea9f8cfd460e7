import { describe, expect, it } from 'vitest';
import type { EventBody, PlannedStep, RunEvent } from '../../../src/report/events.ts';
import { collectNotes } from '../../../src/report/notes.ts';
import { createScrubber } from '../../../src/report/redact.ts';
import { Steps } from '../../../src/report/steps.ts';
import { createStream } from '../../../src/report/stream.ts';

const began = (run: string, steps: readonly PlannedStep[] = []) =>
  ({ kind: 'operation', run, operation: 'ready', trigger: null, by: null, target: 'm', steps }) as const;
const note = (message: string): EventBody => ({ type: 'note', message });

describe('the stream of events', () => {
  it('numbers and dates them, and says which run each belongs to', () => {
    const seen: RunEvent[] = [];
    const tell = createStream([(event) => seen.push(event)], createScrubber([]));
    tell(note('early'));
    tell({ type: 'run-began', ...began('one') });
    tell(note('within'));
    tell({ type: 'run-began', ...began('two') });
    tell(note('of the first one'), 'one');
    tell(note('of the second one'));
    expect(seen.map(({ v, seq, run }) => [v, seq, run])).toEqual([
      [1, 1, null],
      [1, 2, 'one'],
      [1, 3, 'one'],
      [1, 4, 'two'],
      [1, 5, 'one'],
      [1, 6, 'two'],
    ]);
    for (const { at } of seen) expect(new Date(at).toISOString()).toBe(at);
  });

  it('belongs to a run from its beginning if the name is known before', () => {
    const seen: RunEvent[] = [];
    createStream([(event) => seen.push(event)], createScrubber([]), 'known')(note('early'));
    expect(seen).toMatchObject([{ run: 'known', seq: 1 }]);
  });

  it('has no secret and no line break in any field of any event', () => {
    const seen: RunEvent[] = [];
    const tell = createStream([(event) => seen.push(event)], createScrubber(['opensesame']));
    const text = 'opensesame\n$2b$10$abcdefghijklmnopqrstuv';
    tell({ type: 'run-began', ...began('one', [{ name: text, title: text }]), by: text });
    tell({ type: 'log', step: text, kind: 'command', name: text, lines: [text] });
    const fate = { phase: 'done', outcome: 'failed', detail: text, attempt: 1 } as const;
    tell({ type: 'item', kind: 'tenant', step: text, name: text, ...fate });
    expect(JSON.stringify(seen)).not.toMatch(/opensesame|\$2b|\\n/);
  });
});

describe('the steps of a run', () => {
  const [A, B, C] = ['a', 'b', 'c'].map((name) => ({ name, title: name })) as [
    PlannedStep,
    PlannedStep,
    PlannedStep,
  ];

  /** How a run is told that has announced three steps. */
  async function told(work: (steps: Steps) => Promise<void>): Promise<string[]> {
    const seen: string[] = [];
    const steps = new Steps((event) => {
      if (event.type === 'step-done') seen.push(`${event.name} ${event.number}/${event.of} ${event.outcome}`);
    });
    steps.begin(began('one', [A, B, C]));
    await work(steps).catch(() => {});
    return seen;
  }

  it('are as many as announced if all are done', async () => {
    const all = told(async (steps) => {
      for (const step of [A, B, C]) await steps.run(step, () => ({ value: null, detail: '' }));
    });
    expect(await all).toEqual(['a 1/3 done', 'b 2/3 done', 'c 3/3 done']);
  });

  it('are fewer once nothing is left to do', async () => {
    const fewer = told(async (steps) => {
      await steps.run(A, () => ({ value: null, detail: '' }));
      await steps.run(B, () => {
        steps.endHere();
        return { value: null, detail: '' };
      });
    });
    expect(await fewer).toEqual(['a 1/3 done', 'b 2/2 done']);
  });

  it('are more if an unannounced one is done, or one is repeated', async () => {
    const more = told(async (steps) => {
      for (const step of [A, A, B, C]) await steps.run(step, () => ({ value: null, detail: '' }));
    });
    expect(await more).toEqual(['a 1/3 done', 'a 2/4 done', 'b 3/4 done', 'c 4/4 done']);
  });

  it('end with the one that failed, which says so', async () => {
    const failed = told(async (steps) => {
      await steps.run(A, () => Promise.reject(new Error('no')));
    });
    expect(await failed).toEqual(['a 1/3 failed']);
  });
});

it('the notes of two simultaneous runs are kept apart', () => {
  const notes = collectNotes();
  const tell = createStream([notes.report], createScrubber([]));
  tell(note('early'));
  const [first, second] = [new Steps(tell), new Steps(tell)];
  first.begin(began('one'));
  second.begin(began('two'));
  first.note('of one');
  second.note('of two');
  first.note('of one again');
  expect(notes.of('one')).toEqual(['early', 'of one', 'of one again']);
  expect(notes.of('two')).toEqual(['of two']);
  expect(notes.of('three')).toEqual([]);
});
