import type { Problem } from '../../failure.ts';
import type { FleetProgress } from '../../fleet-view/fleet-progress.ts';
import { type Change, DEPLOYMENT, type Run } from '../../runs/run-model.ts';
import { countsOf, haveItWords, type ShownMachine, shownMachines } from '../run/shown-machines.ts';
import { isOvertaken, titleOf } from './change-titles.ts';

/** `moving`: more will happen by itself. */
type StatusKind = 'moving' | 'live' | 'saved' | 'failed' | 'dropped';

/** How a change stands, in words for the person who asked for it. */
export interface RequestStatus {
  readonly kind: StatusKind;
  readonly title: string;
  /** What happens now, or what happened; sentences. */
  readonly detail: string;
  /** Null where there is no bar. */
  readonly percent: number | null;
  /** What went wrong; null for nothing. */
  readonly problem: Pick<Problem, 'message' | 'hint'> | null;
  /** What happens next, a sentence; may be empty. */
  readonly next: string;
  readonly machines: readonly ShownMachine[];
  /** Absolute; it has answered. Null before, and where nobody has said where events are seen. */
  readonly address: string | null;
}

export interface Known {
  readonly change: Change;
  /** The run that publishes it; null for none. */
  readonly run: Run | null;
  /** The run that it does again; null for none. */
  readonly before: Run | null;
  /** Whether another run for the same machines is under way. */
  readonly isBehind: boolean;
  readonly progress: FleetProgress;
}

export function statusOf(known: Known): RequestStatus {
  const { change, run, progress } = known;
  const machines = run === null ? [] : shownMachines(progress, run.report);
  const base = { title: titleOf(change), percent: null, problem: null, next: '', machines, address: null };
  const { kind, action } = change;
  switch (change.state) {
    case 'intended':
      return { ...base, kind: 'moving', detail: 'It is written into the index.', percent: 0 };
    case 'asked':
      return { ...base, kind: 'moving', ...underWay(known, machines) };
    case 'checking': {
      const asking = `Asking ${change.live?.url ?? 'them'} whether it answers.`;
      return { ...base, kind: 'moving', detail: joined(askedWords(machines), asking), percent: 94 };
    }
    case 'live': {
      const address = isOvertaken(change) ? null : (change.live?.url ?? null);
      return { ...base, kind: 'live', ...liveWords(change, run), percent: 100, address };
    }
    case 'pending':
      return {
        ...base,
        kind: 'saved',
        detail: 'The machines get it with their next update, for which an administrator asks.',
      };
    case 'failed':
      return { ...base, kind: 'failed', ...failedWords(change) };
    case 'dropped': {
      const again = action === 'create' ? 'Ask for it again.' : 'Do it again.';
      const detail = kind === 'update' ? 'Nothing was done.' : `The index did not take it. ${again}`;
      return { ...base, kind: 'dropped', detail };
    }
  }
}

function underWay(
  { run, before, isBehind, progress }: Known,
  machines: readonly ShownMachine[],
): Pick<RequestStatus, 'detail' | 'percent' | 'problem' | 'next'> {
  const again = {
    problem: before?.error ?? null,
    next: before?.error ? 'It is tried again by itself.' : '',
  };
  if (run === null || run.state !== 'running') {
    if (before?.error) return { ...again, detail: `Attempt ${before.attempt} failed.`, percent: 3 };
    const detail = isBehind
      ? 'Another update is under way. This one begins as soon as that is over.'
      : 'The update begins in a moment.';
    return { ...again, detail, percent: 3 };
  }
  if (run.target === DEPLOYMENT) return { ...again, detail: 'Its log says how far it is.', percent: null };
  const { good, bad, total } = countsOf(machines);
  const asked = askedWords(machines);
  switch (progress.phase) {
    case 'beginning':
      return { ...again, detail: 'The update begins.', percent: 6 };
    case 'publishing':
      return { ...again, detail: 'The index goes to the store.', percent: 12 };
    case 'finding':
      return { ...again, detail: 'Asking which machines are running.', percent: 25 };
    case 'updating':
      return { ...again, detail: asked, percent: updatingPercent(good + bad, total) };
    case 'ended':
      return { ...again, detail: asked, percent: 90 };
  }
}

function askedWords(machines: readonly ShownMachine[]): string {
  const counts = countsOf(machines);
  return counts.total === 0 ? '' : `${haveItWords(counts)}.`;
}

function joined(...sentences: readonly string[]): string {
  return sentences.filter((sentence) => sentence !== '').join(' ');
}

/** From 30 to 88, in whole numbers. */
export function updatingPercent(done: number, total: number): number {
  return total === 0 ? 30 : 30 + Math.floor((58 * done) / total);
}

function liveWords(change: Change, run: Run | null): Pick<RequestStatus, 'detail' | 'problem' | 'next'> {
  const { problem } = change;
  const detail = liveDetail(change);
  if (problem === null) return { detail, problem, next: '' };
  const isRetried = run?.state === 'waiting' || run?.state === 'running';
  const next = isRetried
    ? 'It is tried again by itself.'
    : 'Administrators see this, too, and can try again.';
  return { detail, problem, next: `Some machines do not have it yet. ${next}` };
}

function liveDetail({ kind, action, live, target }: Change): string {
  const have = target === DEPLOYMENT ? 'Its command ended well.' : 'The machines have it.';
  if (live?.result) {
    if (live.result.isLive) return `${live.url} answers.`;
    return `${have} It was changed again since, so ${live.url} need not answer any more.`;
  }
  if (kind !== 'event' || action !== 'create')
    return action === 'delete' ? 'No machine has it any more.' : have;
  const settings = target.split(',').map((name) => `PUBLIC_URL_${name.toUpperCase()}`);
  return `${have} Its address was not asked, since nobody has said where events are seen (${settings.join(', ')}).`;
}

function failedWords({
  kind,
  action,
  problem,
  live,
  target,
}: Change): Pick<RequestStatus, 'detail' | 'problem' | 'next'> {
  const stays =
    kind === 'update'
      ? ''
      : action === 'delete'
        ? 'It need not be deleted again.'
        : 'Nothing is lost: what you typed is saved, and need not be typed again.';
  const next =
    problem?.code === 'changed-elsewhere'
      ? 'Trying again does not help here: an administrator has to decide which index counts.'
      : 'Nothing more happens by itself. Try again; administrators see this on their first page, too.';
  const why =
    live?.result?.isLive === false
      ? 'The machines were asked to update, but its address does not answer as it should.'
      : target === DEPLOYMENT
        ? 'Its command did not end well.'
        : 'The update of the machines did not go well.';
  return { detail: joined(stays, why), problem, next };
}
