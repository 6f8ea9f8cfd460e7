import type { Summary } from '../report/results.ts';
import { type Figure, stateOf } from './exposition.ts';

/**
 * The figures of an operation that has ended, such as `ready` or `sync-databases`.
 *
 * @param at milliseconds since 1970
 */
export function operationFigures(summary: Summary, at: number): Figure[] {
  const { operation, outcome, counts, failures, steps } = summary;
  const seconds = steps.reduce((sum, { ms }) => sum + ms, 0) / 1000;
  const one = (name: string, help: string, value: number): Figure => ({
    name: `showcase_operation_last_run_${name}`,
    help,
    type: 'gauge',
    samples: [[{ operation }, value]],
  });
  return [
    one('timestamp_seconds', 'When the operation last ended', at / 1000),
    one('duration_seconds', 'How long its steps took together', seconds),
    stateOf(
      'showcase_operation_last_run_outcome',
      'How it ended: 1 for that',
      { label: 'outcome', values: ['done', 'failed'], now: outcome },
      { operation },
    ),
    one('failures', 'Databases, pages and the like that failed in it', failures.length),
    {
      name: 'showcase_operation_last_run_items',
      help: 'What became of the others',
      type: 'gauge',
      samples: Object.entries(counts).map(([result, count]) => [
        { operation, result: wordOf(result) },
        count,
      ]),
    },
  ];
}

/** What stays when a later run fails. */
export function successFigures({ operation }: Summary, at: number): Figure[] {
  return [
    {
      name: 'showcase_operation_last_success_timestamp_seconds',
      help: 'When the operation last ended well',
      type: 'gauge',
      samples: [[{ operation }, at / 1000]],
    },
  ];
}

function wordOf(text: string): string {
  return text.replaceAll(/[^A-Za-z0-9]+/g, '-');
}
