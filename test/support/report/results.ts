import type { EventBody, RunEvent } from '../../../src/report/events.ts';
import type { RunResult } from '../../../src/report/results.ts';

/** A result as an update gives it, with one warning. */
export function result(facts: Partial<RunResult> = {}): RunResult {
  return {
    run: '20260102T030405678Z-1f2e3d',
    machine: 'e2865013',
    region: 'iad',
    outcome: 'updated',
    shared: false,
    index: {
      etag: '"abc"',
      sha256: '0'.repeat(64),
      size: 4096,
      time: '2026-01-01T00:00:00.000Z',
      source: 'store',
    },
    files: [
      { kind: 'index', path: '/data/db/index.sqlite3', changed: true, size: 4096 },
      { kind: 'navigator', path: '/rails/config/navigator.yml', changed: false, size: 99 },
    ],
    reload: true,
    warningCount: 1,
    warnings: [
      {
        table: 'showcases',
        id: 12,
        row: 'event "2026/boston/../x" (showcases 12)',
        reason: 'its key "../x" is no key',
      },
    ],
    steps: [
      { name: 'fetch', ms: 12.3 },
      { name: 'install', ms: 1500 },
    ],
    ...facts,
  };
}

export const AT = '2026-01-02T03:04:05.678Z';

/** What was said, as an event of no particular place in its stream. */
export function told(body: EventBody, at: string = AT): RunEvent {
  return { v: 1, run: '20260102T030405678Z-1f2e3d', seq: 1, at, ...body };
}

/** What is said in a run that ends with a result. */
export function saidIn(end: RunResult): EventBody[] {
  const fetch = { name: 'fetch', title: 'Fetch the index' };
  const install = { name: 'install', title: 'Install' };
  return [
    {
      type: 'run-began',
      kind: 'update',
      run: end.run,
      operation: 'update',
      trigger: 'cgi',
      by: null,
      target: end.machine,
      steps: [fetch, install],
    },
    { type: 'step', number: 1, of: 2, ...fetch },
    { type: 'step-done', number: 1, of: 2, name: 'fetch', ms: 12.3, outcome: 'done', detail: '4096 bytes' },
    ...end.warnings.map((warning) => ({ type: 'warning', warning }) as const),
    { type: 'note', message: 'the journal was repaired' },
    { type: 'step', number: 2, of: 2, ...install },
    {
      type: 'step-done',
      number: 2,
      of: 2,
      name: 'install',
      ms: 1500,
      outcome: 'done',
      detail: '1 of 2 differ',
    },
    { type: 'run-ended', kind: 'update', result: end },
  ];
}

/** The same as events. */
export function eventsOf(end: RunResult): RunEvent[] {
  return saidIn(end).map((body, at) => ({ ...told(body), seq: at + 1 }));
}
