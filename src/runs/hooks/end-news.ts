import { nameOf } from '../../report/fleet-results.ts';
import type { Scrubber } from '../../report/redact.ts';
import type { Run } from '../run-model.ts';
import type { NewMessage } from './webhook-outbox.ts';

/** Machines that a run is told to have failed by a message each; the others are counted in that of the run. */
const MOST_MACHINES = 100;

export interface NewsContext {
  readonly scrubber: Pick<Scrubber, 'value'>;
  /** Where a run is to be seen; null where nobody has said it. */
  readonly runUrl: (id: string) => string | null;
}

/**
 * What the end of a run tells programs: no passwords, and nothing of what people changed.
 *
 * @param isOwed whether the index that it found published is one that a run before it sent, which was cut off before it could
 *   say so
 */
export function newsOfEnd(run: Run, isOwed: boolean, { scrubber, runUrl }: NewsContext): NewMessage[] {
  const { report } = run;
  const about = { run: aboutOf(run, runUrl) };
  const published =
    report?.publish?.kind === 'published' || (report?.publish?.kind === 'unchanged' && isOwed);
  const news: NewMessage[] = [];
  if (report?.publish && published && 'index' in report.publish) {
    const { etag, sha256, size, publishedAt } = report.publish.index;
    const data = { index: { etag, sha256, size, publishedAt }, by: report.by, ...about };
    news.push({ key: `published/${run.id}`, type: 'index.published', data });
  }
  news.push({ key: `finished/${run.id}`, type: 'run.finished', data: { ...about, ...resultOf(run) } });
  // Of a run that is done again nobody has to do anything yet.
  const failed =
    run.next === null ? (report?.machines.filter(({ outcome }) => outcome === 'failed') ?? []) : [];
  for (const { machine, error, etag, attempts } of failed.slice(0, MOST_MACHINES)) {
    const { id, region, target = run.target } = machine;
    news.push({
      key: `machine/${run.id}/${nameOf(machine)}`,
      type: 'machine.failed',
      data: { machine: { id, region, target }, etag, attempts, error: error ?? null, ...about },
    });
  }
  return news.map((one) => ({ ...one, data: scrubber.value(one.data) }));
}

function aboutOf(run: Run, runUrl: NewsContext['runUrl']) {
  const { id, target, state, attempt, trigger, by, madeAt, beganAt, endedAt, next } = run;
  return { id, url: runUrl(id), target, state, attempt, trigger, by, madeAt, beganAt, endedAt, next };
}

function resultOf({ report, error, exitCode }: Run) {
  const count = (outcome: string): number =>
    report?.machines.filter((machine) => machine.outcome === outcome).length ?? 0;
  return {
    outcome: report?.outcome ?? null,
    index: report?.index ? { etag: report.index.etag, sha256: report.index.sha256 } : null,
    machines: report && {
      updated: count('updated'),
      unchanged: count('unchanged'),
      failed: count('failed'),
      skipped: report.skipped.length,
    },
    error,
    exitCode,
  };
}
