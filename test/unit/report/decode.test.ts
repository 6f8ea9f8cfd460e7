import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeEvent } from '../../../src/report/decode.ts';
import type { RunEvent } from '../../../src/report/events.ts';
import { createScrubber } from '../../../src/report/redact.ts';
import { createStream, eventLines } from '../../../src/report/stream.ts';
import { anyEvent } from '../../support/report/any-event.ts';
import { eventsOf, result, saidIn } from '../../support/report/results.ts';

type Fields = Record<string, unknown>;

const encoded = (event: unknown): string => JSON.stringify(event);
const [began, step] = eventsOf(result());

/** Why a line is refused; null where it is read. */
function reasonOf(event: unknown): string | null {
  const decoded = decodeEvent(encoded(event));
  return decoded.kind === 'refused' ? decoded.reason : null;
}

/** Every path to a field of an object within a value, in the order in which they stand. */
function pathsIn(value: unknown, path: readonly string[] = []): (readonly string[])[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => [
    ...(Array.isArray(value) ? [] : [[...path, key]]),
    ...pathsIn(inner, [...path, key]),
  ]);
}

function changed(
  value: unknown,
  [first = '', ...rest]: readonly string[],
  change: (at: Fields, key: string) => void,
) {
  const copy = structuredClone(value) as Fields;
  let at = copy;
  let key = first;
  for (const next of rest) {
    at = at[key] as Fields;
    key = next;
  }
  change(at, key);
  return copy;
}

describe('the decoder of events', () => {
  it('gives back every event that was encoded, whatever is in it', () => {
    fc.assert(
      fc.property(anyEvent, (event) => {
        expect(decodeEvent(encoded(event))).toEqual({ kind: 'event', event });
      }),
    );
  });

  it('gives back what an operation says, as the stream numbers it', () => {
    const lines: string[] = [];
    const tell = createStream([eventLines((text) => lines.push(text))], createScrubber([]));
    for (const body of saidIn(result())) tell(body);
    const events = lines.map((line) => decodeEvent(line));
    expect(events.every(({ kind }) => kind === 'event')).toBe(true);
    expect(lines.map((line) => (JSON.parse(line) as RunEvent).seq)).toEqual(lines.map((_, at) => at + 1));
  });

  it.each([
    ['another version', { ...began, v: 2 }, 'version 2 is not known'],
    ['no version', { ...began, v: undefined }, 'event lacks v'],
    ['a type that is not known', { ...began, type: 'run-started' }, /^event\.type is none of run-began, /],
    ['a type that every object has', { ...began, type: 'toString' }, /^event\.type is none of/],
    ['no type', { v: 1 }, /^event\.type is none of/],
    ['a kind that is not known', { ...began, kind: 'web' }, /^event\.kind is none of/],
    ['a missing field', { ...began, target: undefined }, 'event lacks target'],
    ['a field that is not known', { ...began, more: 1 }, 'event has a field that is not known: more'],
    ['a number of events below 1', { ...began, seq: 0 }, 'event.seq is not a number from 1 up'],
    ['a time that is none', { ...began, at: 'yesterday' }, 'event.at is not a time (ISO 8601, UTC)'],
    ['a step beyond the last one', { ...step, number: 3 }, 'event.number is more than of'],
    ['a list', [], /^event is not an object/],
    ['null', null, /^event is not an object/],
  ])('refuses %s, and says why', (_, event, reason) => {
    expect(reasonOf(event)).toMatch(reason);
  });

  it.each(['', 'x', '{', '[RESULT', `${'['.repeat(100)}${']'.repeat(100)}`])(
    'refuses a line that is not JSON: %j',
    (line) => {
      expect(decodeEvent(line)).toEqual({ kind: 'refused', reason: 'the line is not JSON' });
    },
  );

  it('refuses every event to which a field is added anywhere but among counts', () => {
    fc.assert(
      fc.property(anyEvent, fc.nat(), (event, at) => {
        const paths = pathsIn(event).filter((path) => path.at(-2) !== 'counts');
        const path = paths[at % paths.length] ?? [];
        const more = changed(event, path, (place) => {
          place['a field of tomorrow'] = 1;
        });
        expect(reasonOf(more)).toContain('a field of tomorrow');
      }),
    );
  });

  it('refuses every event in which a value has become one of another kind', () => {
    fc.assert(
      fc.property(anyEvent, fc.nat(), (event, at) => {
        const paths = pathsIn(event);
        const path = paths[at % paths.length] ?? [];
        const other = changed(event, path, (place, key) => {
          place[key] = { not: 'this' };
        });
        expect(reasonOf(other)).not.toBeNull();
      }),
    );
  });
});
