import type { Change, Run } from '../runs/run-model.ts';
import type { Wording } from './mail-layout.ts';

/** Whose password it is. */
export interface ResetFacts {
  readonly userid: string;
  readonly name: string;
  readonly url: string;
  /** ISO 8601, UTC: until when the link works. */
  readonly until: string;
  /** The administrator who sends it; null for who asked. */
  readonly by: string | null;
}

export function resetWording({ userid, name, url, until, by }: ResetFacts): Wording {
  const why =
    by === null
      ? `Somebody asked for a new password for the user ${userid}. If that was you, choose one here:`
      : `With this link you choose the password for the user ${userid} of the showcases:`;
  return {
    subject: `Choose your password (${userid})`,
    before: [greeting(name), why],
    link: { words: 'Choose a password', url },
    after: [
      `The link works once, and until ${moment(until)}.`,
      by === null
        ? 'If it was not you, you need do nothing: your password is as it was.'
        : `It was sent by ${by}. If you expected nothing like it, you need do nothing.`,
    ],
  };
}

export function liveWording(name: string, change: Pick<Change, 'after' | 'live'>): Wording {
  const event = textIn(change, 'name') || 'Your event';
  const date = textIn(change, 'date');
  return {
    subject: `${event} is live`,
    before: [greeting(name), 'The event that you asked for is ready, and answers at its address.'],
    facts: [['Event', event], ...(date === '' ? [] : [['Date', date] as const])],
    link: { words: 'Open the event', url: change.live?.url ?? '' },
    after: ['Log in there with the name and the password that you have for your showcases.'],
  };
}

/** @param url of the run's page */
export function runFailedWording(run: Run, changes: readonly Change[], url: string): Wording {
  return {
    subject: 'The machines could not be updated',
    before: [
      `An update of the machines has failed, and is not tried again by itself. Machines that it did not reach go on with what they have.`,
    ],
    facts: [
      ['What failed', sentence(run.error?.message ?? 'it is not known why')],
      ['What to do', run.error?.hint ?? 'Look at the run.'],
      ['Target', run.target],
      ['Asked by', run.by],
      ...(changes.length === 0 ? [] : [['Changes in it', listed(changes)] as const]),
    ],
    link: { words: 'Look at the run', url },
    after: ['There it can be tried again.'],
  };
}

/** @param url of the request's page */
export function unansweredWording(change: Change, url: string): Wording {
  return {
    subject: `${change.subject} does not answer`,
    before: ['It was published, but its address does not answer with what belongs there.'],
    facts: [
      ['Address', change.live?.url ?? ''],
      ['What it answers', change.live?.result?.reason ?? 'nothing'],
      ['What to do', change.problem?.hint ?? 'Look at the machine that serves it.'],
      ['Asked by', change.by],
    ],
    link: { words: 'Look at the request', url },
    after: ['There it can be tried again.'],
  };
}

const MOST_LISTED = 10;

function listed(changes: readonly Change[]): string {
  const names = changes.slice(0, MOST_LISTED).map(({ subject }) => subject);
  const more = changes.length - names.length;
  return [...names, ...(more > 0 ? [`${more} more`] : [])].join(', ');
}

function greeting(name: string): string {
  return name.trim() === '' ? 'Hello,' : `Hello ${name.trim()},`;
}

function textIn({ after }: Pick<Change, 'after'>, column: string): string {
  const value = after?.[column];
  return typeof value === 'string' ? value.trim() : '';
}

/** `1 December 2026, 17:20 UTC` */
function moment(iso: string): string {
  const at = new Date(iso);
  const day = at.toLocaleDateString('en-GB', {
    timeZone: 'UTC',
    day: 'numeric',
    month: 'long',
    year: 'numeric',
  });
  return `${day}, ${iso.slice(11, 16)} UTC`;
}

function sentence(message: string): string {
  return `${message.charAt(0).toUpperCase()}${message.slice(1)}`;
}
