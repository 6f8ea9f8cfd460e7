import { expect } from 'vitest';
import { decodeEvent } from '../../../src/report/decode.ts';
import type { RunEvent } from '../../../src/report/events.ts';

/**
 * What an executable printed with `--events`: every line is read by the decoder, and they are numbered without a gap. A run
 * that has begun and ended well has had as many steps as its last one said.
 */
export function decoded(stdout: string): RunEvent[] {
  const lines = stdout.trimEnd().split('\n');
  const events = lines.map((line) => {
    const read = decodeEvent(line);
    if (read.kind === 'refused') throw new Error(`${read.reason}: ${line}`);
    expect(JSON.parse(line)).toEqual(read.event);
    return read.event;
  });
  expect(events.map(({ seq }) => seq)).toEqual(events.map((_, at) => at + 1));
  for (const end of events) if (end.type === 'run-ended') expectWhole(events, end);
  return events;
}

function expectWhole(events: readonly RunEvent[], end: Extract<RunEvent, { type: 'run-ended' }>): void {
  const own = events.filter(({ run }) => run !== null && run === end.run);
  const began = own.filter(({ type }) => type === 'run-began');
  const steps = own.filter((event) => event.type === 'step');
  const done = own.filter((event) => event.type === 'step-done');
  expect(done.map(({ number }) => number)).toEqual(steps.map(({ number }) => number));
  const isWhole = !['failed', 'state'].includes(end.result.outcome);
  if (!isWhole) return;
  expect(began.length).toBeLessThanOrEqual(1);
  const last = done.at(-1);
  if (last) expect({ ...last, number: last.of }).toEqual(last);
}
