import type { RunEvent } from '../../report/events.ts';
import type { Change, Run } from '../../runs/run-model.ts';

/**
 * An event as somebody may see it: administrators everything; owners of studios nothing that is about others, which are
 * rows of the index, what machines write into their logs, what differs from another host's index, and private notes. What
 * is hidden keeps its number, and says nothing.
 */
export function eventFor(event: RunEvent, isAdministrator: boolean): RunEvent {
  if (isAdministrator) return event;
  const isHidden =
    event.type === 'warning' || event.type === 'log' || (event.type === 'note' && event.isPrivate === true);
  const { v, run, seq, at } = event;
  if (isHidden) return { v, run, seq, at, type: 'note', message: '' };
  if (event.type === 'run-ended' && event.kind === 'fleet') {
    return { ...event, result: withoutDifferences(event.result) };
  }
  if (event.type !== 'item' || event.kind !== 'file' || !('publish' in event)) return event;
  const { publish } = withoutDifferences({ publish: event.publish });
  return publish === null ? event : ({ ...event, outcome: publish.kind, publish } as RunEvent);
}

/** A run as somebody may see it. */
export function runFor(run: Run, isAdministrator: boolean): Run {
  if (isAdministrator || run.report === null) return run;
  return { ...run, report: withoutDifferences(run.report) };
}

/**
 * A change as somebody may see it: rows that went along are those of others, such as the users who had a studio among
 * their sites; so are the values of what is not an event.
 */
export function changeFor(change: Change, isAdministrator: boolean): Change {
  if (isAdministrator) return change;
  const values = change.kind === 'event' ? {} : { before: null, after: null };
  return { ...change, ...values, rows: [] };
}

/** A result without what differs between two indexes. */
function withoutDifferences<T extends { readonly publish: Publish | null }>(result: T): T {
  const { publish } = result;
  return publish !== null && 'differences' in publish
    ? { ...result, publish: { ...publish, differences: [] } }
    : result;
}

type Publish = Extract<RunEvent, { readonly type: 'item'; readonly publish: unknown }>['publish'];
