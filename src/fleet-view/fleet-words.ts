import type { FleetEvent, FleetReport, Machine, MachineOutcome } from '../fleet/fleet-model.ts';
import type { PublishOutcome } from '../publish/published-index.ts';

/** What a machine is called: in a run over several targets with its own before it. */
export function nameOf({ id, target }: Machine): string {
  return target === undefined ? id : `${target} ${id}`;
}

/** What became of the index, in lines. */
export function publishLines(publish: PublishOutcome): string[] {
  if (publish.kind === 'changed-elsewhere') return elsewhereLines(publish);
  const { etag, size, time, by } = publish.index;
  const copy = `${size} bytes, changed ${time}`;
  const facts = `ETag ${etag}, ${copy}`;
  switch (publish.kind) {
    case 'published':
      return [`Published the index: ${facts}`];
    case 'unchanged':
      return [`The store has this index already: ${facts}${by === null ? '' : `, published by ${by}`}`];
    case 'local':
      return [
        `No object store is configured here, so nothing is published. The server must have the index of this host: ${copy}`,
      ];
    case 'push':
      return [`The index goes to the machines of ${publish.to} themselves, not by the store: ${copy}`];
    case 'would-publish':
      return [`Would publish the index: ${facts}`, ...changeLines(publish)];
  }
}

function changeLines({
  replaces,
  differences,
}: Extract<PublishOutcome, { kind: 'would-publish' }>): string[] {
  if (!replaces) return ['The store has no index yet.'];
  const whose = `${replaces.etag}, published by ${replaces.by ?? 'somebody who left no name'} at ${replaces.publishedAt}`;
  return [`In place of ${whose}. What changes:`, ...differences.map((line) => `  ${line}`)];
}

function elsewhereLines({
  theirs,
  differences,
}: Extract<PublishOutcome, { kind: 'changed-elsewhere' }>): string[] {
  const { etag, by, publishedAt, time } = theirs;
  return [
    `The index changed elsewhere: ${by ?? 'somebody who left no name'} published ${etag} at ${publishedAt} (changed ${time}).`,
    'Nothing was uploaded and no machine was asked. What differs:',
    ...differences.map((line) => `  ${line}`),
    'To go on, either fetch theirs and make your change there (update_config --force; --rollback brings yours back),',
    `or publish yours over it: config-update --replace ${etag.replaceAll('"', '')}`,
  ];
}

/** That the operator's own command runs, or would. */
export function beforeLine({ command, run }: Extract<FleetEvent, { type: 'before' }>): string {
  return run ? `Running ${command} (CONFIG_UPDATE_BEFORE)` : `Would run ${command} (CONFIG_UPDATE_BEFORE)`;
}

/** That an event gets another date. */
export function dateLine({ database, from, to }: Extract<FleetEvent, { type: 'date' }>): string {
  return `Date of ${database}: from ${from === null ? 'none' : JSON.stringify(from)} to ${JSON.stringify(to)}`;
}

/** What came of looking at the databases of events; nothing where none of them had changed. */
export function datesLines(event: Extract<FleetEvent, { type: 'dates' }>): string[] {
  const { taken, looked, unread, events, dryRun } = event;
  if (looked === 0 && unread === 0) return [];
  const changed = `${looked} of ${events} event databases changed since the last look`;
  const rest = unread === 0 ? '' : `, ${unread} could not be used`;
  return [`Event dates: ${taken} ${dryRun ? 'would be taken' : 'taken'}; ${changed}${rest}`];
}

/** What is wrong with a machine that is not as it should be; null for nothing. */
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
 * What there is to do about machines that are not as they should be, each thing once, and for which of them. What a machine
 * says of that is told as its own words: it may have been taken over, and an operator does what we say.
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
