import type { FleetReport, MachineOutcome, PublishOutcome } from '../fleet/types.ts';

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

/** What is wrong with a machine that is not as it should be; null for nothing. */
export function complaint({ outcome, etag, detail, error }: MachineOutcome): string | null {
  if (outcome === 'failed') return error?.message ?? 'failed';
  if (outcome !== 'differs') return null;
  return `has ${etag ?? 'no index of the store'}${detail === '' ? '' : ` (${detail})`}`;
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
