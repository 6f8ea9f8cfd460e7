import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { updateVerdict, verdictOn } from '../../../src/fleet/answer-verdict.ts';
import { readAnswer } from '../../../src/fleet/claim.ts';
import type { Reply } from '../../../src/fleet/exchange.ts';
import { INDEX, machine } from '../../support/fleet/fleet.ts';
import { answer, ETAG, result } from '../../support/fleet/machines.ts';
import { anyText } from '../../support/properties/any-text.ts';

const GOOD = answer('d1');

function verdictOf(reply: Reply) {
  return verdictOn(reply, machine('d1'), {
    query: '',
    namesMachines: true,
    verdict: updateVerdict(INDEX, true),
  }).verdict;
}

const answered = (status: number, body: string): Reply => ({ kind: 'answered', status, headers: {}, body });

/** Text that is like an answer, and mostly is none: pieces of good ones, of bad ones, and of nothing at all. */
const pieces = fc.array(
  fc.oneof(
    fc.constantFrom(
      'RESULT ',
      '\n',
      '\r\n',
      ' ',
      '{',
      '}',
      'null',
      ETAG,
      JSON.stringify(result('d2')),
      '\u2028',
    ),
    fc.constantFrom(JSON.stringify(result('d1')), answer('d2'), answer('d1', { outcome: 'failed' })),
    anyText(),
    fc.json(),
  ),
  { maxLength: 8 },
);

/** A RESULT in which anything may stand in the place of anything. */
const fields = fc.record(
  {
    machine: fc.oneof(fc.constant('d1'), fc.constant('D1'), fc.constant('d1\n'), fc.anything()),
    outcome: fc.oneof(fc.constantFrom('updated', 'unchanged', 'dry-run', 'failed', 'state'), fc.anything()),
    index: fc.oneof(
      fc.record({
        etag: fc.oneof(fc.constantFrom(ETAG, `${ETAG} `, `x${ETAG}`, '"0"', '', null), fc.anything()),
      }),
      fc.anything(),
    ),
    error: fc.oneof(fc.constant(null), fc.anything()),
    files: fc.anything(),
  },
  { requiredKeys: [] },
);

describe('a machine counts as updated only by the right RESULT,', () => {
  it('of which the last line alone decides', () => {
    fc.assert(
      fc.property(pieces, (parts) => {
        const body = parts.join('');
        const lines = body.split(/\r?\n/);
        while (lines.length > 0 && lines.at(-1)?.trim() === '') lines.pop();
        const right = lines.at(-1) === `RESULT ${JSON.stringify(result('d1'))}`;
        // White space within the JSON is the one freedom that another writer of the same RESULT would have.
        const same = JSON.stringify(readAnswer(body).claim?.fields) === JSON.stringify(result('d1'));
        expect(verdictOf(answered(200, body)).kind === 'done').toBe(right || same);
      }),
    );
  });

  it('whatever the fields of its answer are', () => {
    fc.assert(
      fc.property(fields, (changed) => {
        const text = JSON.stringify({ ...result('d1'), ...changed }, (_, value: unknown) =>
          typeof value === 'bigint' ? value.toString() : value,
        );
        const told = JSON.parse(text) as Record<string, unknown>;
        const etag = (told['index'] as { etag?: unknown } | null | undefined)?.etag;
        const error = told['error'];
        const right =
          told['machine'] === 'd1' &&
          (told['outcome'] === 'updated' || told['outcome'] === 'unchanged') &&
          (etag === ETAG || etag === ETAG.slice(1, -1)) &&
          (typeof error !== 'object' || error === null || Array.isArray(error));
        expect(verdictOf(answered(200, `RESULT ${text}\n`)).kind === 'done').toBe(right);
      }),
    );
  });

  it('and never with another status than 200', () => {
    const statuses = fc.integer({ min: 0, max: 999 }).filter((status) => status < 200 || status > 299);
    fc.assert(
      fc.property(statuses, (status) => {
        expect(verdictOf(answered(status, GOOD)).kind).not.toBe('done');
      }),
    );
  });

  it('and never if the answer is cut at any byte', () => {
    const end = GOOD.trimEnd().length;
    for (let length = 0; length < end; length++) {
      expect(verdictOf(answered(200, GOOD.slice(0, length))).kind).toBe('retry');
    }
    expect(verdictOf(answered(200, GOOD.slice(0, end))).kind).toBe('done');
  });
});
