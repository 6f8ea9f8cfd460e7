import type { Change, Run } from '../../runs/run-model.ts';
import { counted } from '../../text.ts';
import type { Tone } from '../layout/pieces.ts';
import { countsOf, haveItWords, type ShownMachine } from '../run/shown-machines.ts';
import type { PasswordState } from './password-news.ts';

/** Machines by what became of them; no names, since who watches may be nobody. */
export interface MachineCounts {
  readonly total: number;
  /** They have the new password. */
  readonly done: number;
  readonly failed: number;
  /** They are not running, and get it when they start. */
  readonly asleep: number;
}

export function countMachines(machines: readonly ShownMachine[]): MachineCounts {
  const { good, bad, total } = countsOf(machines);
  return { total, done: good, failed: bad, asleep: machines.length - total };
}

/** What begins a run takes this share of the bar: the index is published. */
const BEFORE_MACHINES = 15;

export function passwordState(
  change: Pick<Change, 'state' | 'problem'>,
  run: Run | null,
  machines: MachineCounts,
): PasswordState {
  const { done, failed, asleep } = machines;
  const sleeping =
    asleep === 0
      ? ''
      : ` ${counted(asleep, 'machine')} that sleep${asleep === 1 ? 's' : ''} get${asleep === 1 ? 's' : ''} it on waking.`;
  switch (change.state) {
    case 'intended':
      return state('busy', 'Your new password is being saved', '', 2, false);
    case 'dropped':
      return state('bad', 'Your password was not changed', 'It is as it was. Try again.', null, true);
    case 'pending':
      return state(
        'wait',
        SAVED,
        'An administrator has to update the machines. Until then they know the old password.',
        null,
        true,
      );
    case 'live':
      return change.problem === null
        ? state(
            'good',
            'All machines have your new password',
            `The old one works nowhere any more.${sleeping}`,
            100,
            true,
          )
        : state(
            'wait',
            'Most machines have your new password',
            `${missing(failed)} An administrator sees it, and ${isRetried(run) ? 'it is tried' : 'can try'} again.`,
            100,
            true,
          );
    case 'failed':
      return ofFailed(run, failed, done);
    case 'asked':
    case 'checking':
      return ofRunning(run, machines, sleeping);
  }
}

function isRetried(run: Run | null): boolean {
  return run?.state === 'waiting' || run?.state === 'running';
}

const SAVED = 'Your new password is saved';

function ofRunning(run: Run | null, machines: MachineCounts, sleeping: string): PasswordState {
  const { total, done, failed } = machines;
  if (run?.state !== 'running') {
    const detail =
      (run?.attempt ?? 1) > 1
        ? 'The update did not go well, and is tried again in a moment. Until then machines know the old password.'
        : 'The machines get it in a moment.';
    return state('busy', SAVED, detail, 5, false);
  }
  if (total === 0)
    return state('busy', SAVED, 'The machines are being asked to fetch it.', BEFORE_MACHINES, false);
  const percent = BEFORE_MACHINES + ((100 - BEFORE_MACHINES) * done) / total;
  const detail = `${haveItWords({ good: done, bad: failed, total })}. The others know the old one for a moment.${sleeping}`;
  return state('busy', SAVED, detail, percent, false);
}

function ofFailed(run: Run | null, failed: number, done: number): PasswordState {
  if (run?.report?.outcome === 'nothing-to-do') {
    return state('good', SAVED, 'No machine is running just now: each gets it when it starts.', null, true);
  }
  const detail =
    done > 0 && failed > 0
      ? `${missing(failed)} An administrator sees it, and can try again.`
      : 'But the machines could not be updated, and know the old one. An administrator sees it, and can try again.';
  return state('bad', SAVED, detail, null, true);
}

function missing(failed: number): string {
  const which =
    failed === 0 ? 'Some machines do' : failed === 1 ? 'One machine does' : `${failed} machines do`;
  return `${which} not have it yet: there the old password works.`;
}

function state(
  tone: Tone,
  title: string,
  detail: string,
  percent: number | null,
  isOver: boolean,
): PasswordState {
  return { tone, title, detail, percent: percent === null ? null : Math.round(percent), isOver };
}
