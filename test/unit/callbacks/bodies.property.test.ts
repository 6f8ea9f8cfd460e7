import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseBody, type ReadBody, readLogs, readStatus } from '../../../src/callbacks/read-callback.ts';
import { readPlanLogs, readPlanStatus } from '../../../src/callbacks/read-plan.ts';
import { misdirected } from '../../../src/callbacks/verify-callback.ts';
import type { Received } from '../../../src/runs/deploys/deploys.ts';
import { RUN, VECTORS } from '../../support/callbacks/vectors.ts';
import { anyText } from '../../support/properties/any-text.ts';
import { ReceivedRig } from '../../support/runs/deploys/received-rig.ts';

type Values = Record<string, unknown>;

const BODIES = VECTORS.map(({ body }) => parseBody(Buffer.from(body)) as Values);
const MORE: Values = {
  ...{ lost: [[31, 44]], error: 'x', hint: 'y', failed_machines: ['m1'], duration_ms: 1, exit_code: 1 },
  index: { kind: 'published', etag: '"9b2c"', size: 98304 },
  machines: { updated: 11, unchanged: 1, failed: 0, skipped: 3 },
};

const odd = fc.oneof(
  fc.constantFrom<unknown>(...[0, -0, -1, 1.5, 2 ** 31, 2 ** 53 + 1, 1e308, -1e308, 1_000_000_000]),
  fc.constantFrom<unknown>(...['', '\u0000', '\ud800', '\u202e', '\u001b[2J', '__proto__', 'constructor']),
  fc.constantFrom<unknown>(...['9999-12-31T23:59:59-23:59', '0000-01-01T00:00:00+23:59', 'legacy-1', RUN]),
  fc.constantFrom<unknown>(
    ...[
      [[1, 1_000_000_000]],
      [[5, 1]],
      [[1, 2, 3]],
      [[1]],
      [
        [3, 9],
        [4, 5],
      ],
    ],
  ),
  anyText(),
  fc.jsonValue(),
);
/** A good body, of which some things are odd. */
const body = fc
  .tuple(fc.constantFrom(...BODIES), fc.boolean())
  .chain(([whole, hasMore]) => {
    const values: Values = hasMore ? { ...whole, ...MORE } : whole;
    const line = { level: 'info', message: 'x', logged_at: '2026-01-02T03:04:05.680Z', seq: 1 };
    const names = fc.constantFrom(...Object.keys(values), '__proto__', 'toString');
    const changes = fc.dictionary(names, odd, { maxKeys: 2 });
    const lines = fc.array(fc.dictionary(fc.constantFrom(...Object.keys(line)), odd, { maxKeys: 1 }));
    return fc.tuple(changes, fc.option(lines)).map(([changed, odds]) => ({
      ...values,
      ...(odds ? { logs: odds.map((one, at) => ({ ...line, seq: at + 1, ...one })) } : {}),
      ...changed,
    }));
  })
  .map((value) => parseBody(Buffer.from(JSON.stringify(value))));
const any = fc.oneof({ weight: 4, arbitrary: body }, fc.jsonValue(), fc.constant(undefined));

const anyField = expect.stringMatching(/^[a-z_]+(\[\d+\])*(\.[a-z_]+)?$/);

/** @returns what is read; null for what is refused, with the field */
function bodyOf<T>(read: ReadBody<T>): T | null {
  if (read.kind === 'read') return read.body;
  expect(read).toEqual({ kind: 'wrong', field: anyField, error: expect.any(String) });
  return null;
}

/** What is kept of a run can be told, to a terminal as well. */
function checkKept({ deploys }: ReceivedRig, { run }: Received): void {
  const lines = deploys.lines(run.id, 0, 100);
  expect(deploys.run(run.id)).toEqual(run);
  expect(run.lastSeq).toBeLessThanOrEqual(run.sentLastSeq);
  expect(JSON.stringify([run, lines])).not.toMatch(/[^\P{Cc}\t\n]|\\u00(?!0[9a])|\\ud[89a-f]/u);
  for (const { loggedAt } of lines) expect(loggedAt).toHaveLength(24);
}

describe('whatever a sender says', () => {
  it('is read, or refused with the field that is wrong; and what is read is kept and can be told', () => {
    const rig = new ReceivedRig();
    try {
      fc.assert(
        fc.property(any, (value) => {
          const [logs, status] = [bodyOf(readLogs(value)), bodyOf(readStatus(value))];
          const [planLogs, planStatus] = [bodyOf(readPlanLogs(value)), bodyOf(readPlanStatus(value))];
          const of = { deployId: 'plan', digest: JSON.stringify(value) ?? '' };
          if (logs) checkKept(rig, rig.deploys.logs('default', logs));
          if (status) checkKept(rig, rig.deploys.status('default', status));
          if (planLogs) checkKept(rig, rig.deploys.planLogs('default', { ...of, logs: planLogs }));
          if (planStatus) {
            const plain = { status: planStatus.status, fields: {} };
            checkKept(rig, rig.deploys.planStatus('default', { ...of, ...plain }));
          }
        }),
        { numRuns: 300 },
      );
    } finally {
      rig.close();
    }
  });

  it('is for its address, or not', () => {
    const headers = { get: () => null };
    fc.assert(
      fc.property(any, fc.constantFrom('webhook', 'plan', 'refused'), fc.string(), (value, proof, deploy) => {
        const why = misdirected(value, { proof, deploy, headers });
        if (proof === 'webhook' && why === null) expect(value).toMatchObject({ deploy_id: deploy });
        expect(why === null || typeof why === 'string').toBe(true);
      }),
    );
  });
});
