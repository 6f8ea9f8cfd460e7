import type { Problem } from '../failure.ts';
import type { EventBody, TenantItem } from '../report/events.ts';
import {
  type FleetReport,
  type MachineOutcome,
  nameOf,
  type PublishOutcome,
} from '../report/fleet-results.ts';

/** The lines about the outcome for the index. */
export function publishLines(publish: PublishOutcome): string[] {
  if (publish.kind === 'changed-elsewhere') return elsewhereLines(publish);
  const { etag, size, time, by } = publish.index;
  const copy = `${size} bytes, changed ${time}`;
  const facts = `ETag ${etag}, ${copy}`;
  switch (publish.kind) {
    case 'published':
      return [`Published the index: ${facts}`, ...takenBack(publish)];
    case 'unchanged':
      return [
        `The store has this index already: ${facts}${by === null ? '' : `, published by ${by}`}`,
        ...takenBack(publish),
      ];
    case 'local':
      return [
        `No object store is configured here, so nothing is published. The server must have the index of this host: ${copy}`,
      ];
    case 'push':
      return [
        `The index goes to the machines of ${publish.to} themselves, not by the store: ${copy}`,
        ...takenBack(publish),
      ];
    case 'would-publish':
      return [`Would publish the index: ${facts}`, ...takenBack(publish), ...changeLines(publish)];
  }
}

function takenBack({ undoes }: { readonly undoes?: string }): string[] {
  return undoes === undefined ? [] : [`It is the index that run ${undoes} replaced.`];
}

function changeLines({
  replaces,
  differences,
}: Extract<PublishOutcome, { kind: 'would-publish' }>): string[] {
  if (!replaces) return ['The store has no index yet.'];
  const whose = `${replaces.etag}, published by ${replaces.by ?? 'an unknown publisher'} at ${replaces.publishedAt}`;
  return [`In place of ${whose}. What changes:`, ...differences.map((line) => `  ${line}`)];
}

function elsewhereLines({
  theirs,
  differences,
}: Extract<PublishOutcome, { kind: 'changed-elsewhere' }>): string[] {
  const { etag, by, publishedAt, time } = theirs;
  return [
    `The index changed elsewhere: ${by ?? 'an unknown publisher'} published ${etag} at ${publishedAt} (changed ${time}).`,
    'Nothing was uploaded and no machine was asked. What differs:',
    ...differences.map((line) => `  ${line}`),
    'To go on, either fetch theirs and make your change there (update_config --force; --rollback brings yours back),',
    `or publish yours over it: config-update --replace ${etag.replaceAll('"', '')}`,
  ];
}

/** The line about a new date of an event. */
export function dateLine({ name, detail }: TenantItem): string {
  return `Date of ${name}: ${detail}`;
}

/** The outcome for a machine, if the event says that it is done; null for any other event. */
export function outcomeOf(event: EventBody): MachineOutcome | null {
  if (event.type !== 'item' || event.kind !== 'machine' || event.phase !== 'done') return null;
  if (event.outcome === 'skipped') return null;
  const { machine, outcome, etag, version, detail, attempt: attempts, ms, error } = event;
  return {
    ...{ machine, outcome, etag, ...(version === undefined ? {} : { version }) },
    ...{ detail, attempts, ms, ...(error ? { error } : {}) },
  };
}

/** The lines about why a run did not begin, or ended. */
export function problemLines({ code, message, hint }: Problem): string[] {
  return [`Failed (${code}): ${message}`, `What to do: ${hint}`];
}

/** The problem of a machine; null for none. */
export function complaint({ outcome, etag, detail, error }: MachineOutcome): string | null {
  if (outcome === 'failed') return error?.message ?? 'failed';
  if (outcome !== 'differs') return null;
  return `has ${etag ?? 'no index that was published or pushed'}${detail === '' ? '' : ` (${detail})`}`;
}

/** For a machine that answers as it should, and has another index than the store, or other files than that gives. */
const FOLLOW =
  'Run config-update, which brings every machine to that index; look at the log of one that does not follow.';
/** Machines that are named where more of them say the same. */
const MOST_NAMES = 3;

/**
 * The hints for machines with a problem, each hint once, with the names of its machines. A hint from a machine is
 * marked as the machine's own words: the machine may be compromised, and operators follow our hints.
 */
export function adviceLines(bad: readonly MachineOutcome[]): string[] {
  const advice = new Map<string, { hint: string; isTheirs: boolean; ids: string[] }>();
  for (const { machine, error } of bad) {
    const hint = error?.hint ?? FOLLOW;
    const isTheirs = error?.hintFrom === 'machine';
    const key = `${isTheirs} ${hint}`;
    const known = advice.get(key) ?? { hint, isTheirs, ids: [] };
    known.ids.push(nameOf(machine));
    advice.set(key, known);
  }
  return [...advice.values()].map(({ hint, isTheirs, ids }) => {
    const says = isTheirs ? (ids.length === 1 ? 'says ' : 'say ') : '';
    return `What to do (${says}${several(ids)}): ${hint}`;
  });
}

function several(ids: readonly string[]): string {
  const more = ids.length > MOST_NAMES ? ` and ${ids.length - MOST_NAMES} more` : '';
  return `${ids.slice(0, MOST_NAMES).join(', ')}${more}`;
}

/** The machines of a report that are as they should be, and the others. */
export function sortedOut({ machines }: FleetReport): { good: MachineOutcome[]; bad: MachineOutcome[] } {
  const isBad = ({ outcome }: MachineOutcome) => outcome === 'failed' || outcome === 'differs';
  return { good: machines.filter((one) => !isBad(one)), bad: machines.filter(isBad) };
}

/** Text that others wrote, without the sign by which the application's job counts those that are done. */
export function foreign(text: string): string {
  return text.replaceAll('✓', '*');
}
