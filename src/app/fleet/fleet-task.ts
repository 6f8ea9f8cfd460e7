import type { Failure } from '../../failure.ts';
import type { UndoRequest } from '../../publish/publish-context.ts';
import type { FleetOperation } from '../../report/fleet-results.ts';
import { isRunId } from '../../run-id.ts';
import { checkForm } from '../options/form.ts';

/** What one call of `config-update` shall do. */
export type FleetTask =
  | { readonly kind: 'history' }
  | { readonly kind: 'published' }
  | { readonly kind: 'metrics' }
  | FleetRun;

export interface FleetRun {
  readonly kind: 'run';
  readonly operation: FleetOperation;
  /** False to update machines to what the store has. */
  readonly publish: boolean;
  /** How machines get to the index, whatever is usual for their target; null for that. */
  readonly way: 'publish' | 'push' | null;
  /** ETag of the index to publish over; null without one. */
  readonly replaces: string | null;
  /** Whether machines take what is pushed over a newer index, too. */
  readonly force: boolean;
  /** What to take back, instead of publishing the index of this host; null for an ordinary run. */
  readonly undo: UndoRequest | null;
  /** False to leave the dates of events in the index as they are, whatever the environment says. */
  readonly dates: boolean;
}

/** What is given on the command line about it. */
interface Given {
  readonly history: boolean;
  readonly published: boolean;
  readonly metrics: boolean;
  readonly verify: boolean;
  readonly 'dry-run': boolean;
  readonly undo: boolean | string;
  readonly 'discard-pending': boolean;
  readonly push: boolean;
  readonly publish: boolean;
  readonly 'no-publish': boolean;
  readonly 'no-dates': boolean;
  readonly force: boolean;
  readonly replace: string | null;
  readonly json: boolean;
  readonly events: boolean;
}

/** @throws {Failure} `usage`, as given: options do not go together */
export function taskOf(values: Given, usage: (message: string) => Failure): FleetTask {
  const chosen = (['history', 'published', 'metrics', 'verify', 'dry-run'] as const).filter(
    (name) => values[name],
  );
  if (chosen.length > 1) throw usage(`--${chosen[0]} and --${chosen[1]} cannot be combined`);
  const undo = undoOf(values, usage);
  const [task = undo ? 'undo' : 'update'] = chosen;
  const { push, force, replace: replaces } = values;
  const publish = !values['no-publish'];
  const dates = !values['no-dates'];
  const way = push ? 'push' : values.publish ? 'publish' : null;
  const listing = task === 'history' || task === 'published' || task === 'metrics' ? task : null;
  if (listing !== null || task === 'verify') {
    const given = {
      ...{ 'no-publish': !publish, 'no-dates': !dates, replace: replaces !== null, force },
      undo: undo !== null,
    };
    const [first] = Object.entries(given).filter(([, isGiven]) => isGiven);
    if (first) throw usage(`--${first[0]} and --${task} cannot be combined`);
  }
  const excluding = [
    ['replace', 'no-publish', replaces !== null && !publish],
    ['undo', 'no-publish', undo !== null && !publish],
    ['push', 'publish', push && values.publish],
    ['push', 'no-publish', push && !publish],
    ['publish', 'no-publish', values.publish && !publish],
  ] as const;
  for (const [one, other, both] of excluding)
    if (both) throw usage(`--${one} and --${other} cannot be combined`);
  checkForm(values, listing, usage);
  if (task !== 'history' && task !== 'published' && task !== 'metrics')
    return { kind: 'run', operation: task, publish, way, replaces, force, undo, dates };
  if (way) throw usage(`--${way} and --${task} cannot be combined`);
  if (task === 'metrics' && values.json) throw usage('--json and --metrics cannot be combined');
  return { kind: task };
}

function undoOf(values: Given, usage: (message: string) => Failure): UndoRequest | null {
  const { undo, 'discard-pending': discardPending } = values;
  if (undo === false) {
    if (discardPending) throw usage('--discard-pending needs --undo');
    return null;
  }
  if (undo === true) return { run: null, discardPending };
  if (isRunId(undo)) return { run: undo, discardPending };
  throw usage('--undo takes the id of a run, as --published and --history list them');
}
