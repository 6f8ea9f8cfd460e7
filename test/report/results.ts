import type { ProgressEvent, RunResult } from '../../src/report/events.ts';

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

/** The events of a run that ends with a result. */
export function eventsOf(end: RunResult): ProgressEvent[] {
  return [
    { type: 'run', run: end.run, trigger: 'cgi', steps: 2 },
    { type: 'step', number: 1, name: 'fetch', title: 'Fetch the index' },
    { type: 'step-done', number: 1, name: 'fetch', ms: 12.3, detail: '4096 bytes' },
    ...end.warnings.map((warning) => ({ type: 'warning', warning }) as const),
    { type: 'note', message: 'the journal was repaired' },
    { type: 'step', number: 2, name: 'install', title: 'Install' },
    { type: 'step-done', number: 2, name: 'install', ms: 1500, detail: '1 of 2 differ' },
    { type: 'end', result: end },
  ];
}

export const AT = new Date('2026-01-02T03:04:05.678Z');
