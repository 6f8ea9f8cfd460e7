import type { Seals } from '../../http/seals.ts';
import type { Person } from '../person.ts';

/** Milliseconds: from loading a page to opening its WebSocket. It is in an address, and so in the logs of proxies. */
const VALID_MS = 5 * 60_000;

/** Lets one person watch one run, where the browser does not send its login: with a WebSocket. */
export function ticketFor(run: string, { userid }: Pick<Person, 'userid'>, seals: Seals): string {
  const name = Buffer.from(userid).toString('base64url');
  return `${name}~${seals.seal(ticketOf(run, userid), VALID_MS)}`;
}

/** Whose ticket it is; null for one that is none, not for this run, or too old. */
export function holderOf(ticket: string, run: string, seals: Seals): string | null {
  const [name = '', seal = ''] = ticket.split('~');
  const userid = Buffer.from(name, 'base64url').toString();
  return seals.isGood(seal, ticketOf(run, userid)) ? userid : null;
}

function ticketOf(run: string, userid: string) {
  return { purpose: 'watch', subjects: [run, userid] };
}
