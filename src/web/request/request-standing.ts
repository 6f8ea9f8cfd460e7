import type { Problem } from '../../failure.ts';
import type { FleetProgress } from '../../fleet-view/fleet-progress.ts';
import type { Change, Run } from '../../runs/run-model.ts';
import { countsOf, type MachineStanding, machineStandings } from '../run/machine-standings.ts';

/** `moving`: more will happen by itself. */
type StandingKind = 'moving' | 'live' | 'saved' | 'failed' | 'dropped';

/** How a change stands, in words for the person who asked for it. */
export interface Standing {
  readonly kind: StandingKind;
  readonly title: string;
  /** What happens now, or what happened; sentences. */
  readonly detail: string;
  /** Null where there is no bar. */
  readonly percent: number | null;
  /** What went wrong; null for nothing. */
  readonly problem: Pick<Problem, 'message' | 'hint'> | null;
  /** What happens next, a sentence; may be empty. */
  readonly next: string;
  readonly machines: readonly MachineStanding[];
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

const NOUNS: Readonly<Record<Change['kind'], string>> = {
  event: 'The event',
  studio: 'The studio',
  user: 'The user',
  region: 'The region',
  password: 'The password',
  update: 'The update',
};

export function standingOf(known: Known): Standing {
  const { change, run, progress } = known;
  const machines = run === null ? [] : machineStandings(progress, run.report);
  const none = { percent: null, problem: null, next: '', machines, address: null };
  const noun = NOUNS[change.kind];
  switch (change.state) {
    case 'intended':
      return {
        ...none,
        kind: 'moving',
        title: `${noun} is being saved`,
        detail: 'It is written into the index.',
        percent: 0,
      };
    case 'asked':
      return { ...none, kind: 'moving', title: movingTitle(change, noun), ...underWay(known, machines) };
    case 'checking':
      return {
        ...none,
        kind: 'moving',
        title: movingTitle(change, noun),
        detail: `${askedWords(machines)} Asking ${change.live?.url ?? 'them'} whether it answers.`,
        percent: 94,
      };
    case 'live':
      return {
        ...none,
        kind: 'live',
        ...liveWords(change, noun),
        percent: 100,
        address: change.live?.url ?? null,
      };
    case 'pending':
      return {
        ...none,
        kind: 'saved',
        title: `${noun} is saved, and not published`,
        detail: 'The machines get it with their next update, for which an administrator asks.',
      };
    case 'failed':
      return { ...none, kind: 'failed', title: failedTitle(change, noun), ...failedWords(change) };
    case 'dropped':
      return {
        ...none,
        kind: 'dropped',
        title: change.kind === 'update' ? 'The update was taken back' : `${noun} was not saved`,
        detail:
          change.kind === 'update' ? 'Nothing was done.' : 'The index did not take it. Ask for it again.',
      };
  }
}

function movingTitle({ kind, action }: Change, noun: string): string {
  if (kind === 'update') return 'The machines are being updated';
  return action === 'delete' ? `${noun} is being removed` : `${noun} is being published`;
}

function underWay(
  { run, before, isBehind, progress }: Known,
  machines: readonly MachineStanding[],
): Pick<Standing, 'detail' | 'percent' | 'problem' | 'next'> {
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

function askedWords(machines: readonly MachineStanding[]): string {
  const { good, bad, total } = countsOf(machines);
  return `${good} of ${total} machines ${good === 1 ? 'has' : 'have'} it${bad > 0 ? `, ${bad} failed` : ''}.`;
}

/** From 30 to 88, in whole numbers. */
export function updatingPercent(done: number, total: number): number {
  return total === 0 ? 30 : 30 + Math.floor((58 * done) / total);
}

function liveWords(
  { kind, action, live, problem }: Change,
  noun: string,
): Pick<Standing, 'title' | 'detail' | 'problem' | 'next'> {
  const answer = live?.result ? `${live.url} answers.` : 'The machines have it.';
  const title =
    kind === 'event' && action === 'create'
      ? `${noun} is live`
      : kind === 'update'
        ? 'The machines are up to date'
        : `${noun} is up to date everywhere`;
  if (problem === null) return { title, detail: answer, problem: null, next: '' };
  return {
    title: kind === 'event' && action === 'create' ? title : `Not every machine has it`,
    detail: answer,
    problem,
    next: 'Some machines do not have it yet. Administrators see this, too.',
  };
}

function failedTitle({ kind }: Change, noun: string): string {
  return kind === 'update' ? 'The update failed' : `${noun} is saved, but not live`;
}

function failedWords({ kind, problem }: Change): Pick<Standing, 'detail' | 'problem' | 'next'> {
  const stays =
    kind === 'update' ? '' : 'Nothing is lost: what you typed is saved, and need not be typed again. ';
  const next =
    problem?.code === 'changed-elsewhere'
      ? 'Trying again does not help here: an administrator has to decide which index counts.'
      : 'Nothing more happens by itself. Try again; administrators see this on their first page, too.';
  return { detail: `${stays}The update of the machines did not go well.`, problem, next };
}
