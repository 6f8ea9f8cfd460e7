import type { IncomingHttpHeaders } from 'node:http';
import type { FleetError } from '../report/fleet-results.ts';
import type { Claim } from './claim.ts';

/* Answers that another attempt would get again, and whose cause is known. */

/** The first lines of the platform's own script, and of each of its steps. */
const PLATFORM_LINES = [
  /^\[[^\]]*\] Starting configuration update \(Phase \d+: /,
  /^\[[^\]]*\] Operation 1\/\d+: Updating index database$/,
];
/** Lines of an answer that are searched; Ruby's warnings may come before them. */
const MOST_LINES = 100;

export const PLATFORM_SCRIPT: FleetError = {
  code: 'machine-failed',
  message: "it runs the platform's own script, not update_config",
  hint: 'Deploy update_config there first: machines before the host that publishes, as docs/ADOPTING.md says.',
};

/** Whether an answer is that of the platform's own script. */
export function isPlatformScript(log: readonly string[]): boolean {
  return log.slice(0, MOST_LINES).some((line) => PLATFORM_LINES.some((pattern) => pattern.test(line)));
}

/**
 * The hint for a server without a store that has another index. It names SQLite's own command, which is safe while the
 * server has its index open; replacing the file is not.
 */
export const BRING_IT =
  "Set UPDATE_CONFIG_KEY_FILE on both, so that it is sent; or take a copy of this host's index there and put it in with sqlite3 <db dir>/index.sqlite3 '.restore <copy>'. Then run it again.";

/** The same for a machine that has another index than the one that was sent. */
export const KEPT =
  'Look at its log: that index may have been rolled back there. --force has it taken all the same.';

/** Codes of failures that need a change of the machine, or of the index, first. */
const LASTING: readonly string[] = ['config-invalid', 'check-failed', 'index-missing', 'no-generation'];
/** Statuses of a server that can never do what was asked. */
const NEVER = [501, 505];

/** Whether this status is permanent, although others of its kind are worth another attempt. */
export function isFinal(status: number, claim: Claim | null): boolean {
  if (NEVER.includes(status)) return true;
  return status === 500 && claim?.error != null && LASTING.includes(claim.error.code);
}

/** Milliseconds: the difference of clocks that a machine allows, less the time that a request takes. */
const CLOCK_MS = 290_000;

/** Why a machine refuses a signed request: the clock in its answer says whether its time is wrong. */
export function ofUnsigned({ date }: IncomingHttpHeaders, now: number): FleetError {
  const ahead = Date.parse(date ?? '') - now;
  if (Math.abs(ahead) > CLOCK_MS) {
    const off = `${Math.round(Math.abs(ahead) / 1000)} s ${ahead > 0 ? 'ahead of' : 'behind'}`;
    return {
      code: 'machine-failed',
      message: `status 401: its clock is ${off} the one of this host, so no signature counts`,
      hint: 'Set both clocks right (timedatectl), then run it again.',
    };
  }
  return {
    code: 'machine-failed',
    message: 'status 401: it does not know the key of this host',
    hint: 'Put the key that is first in UPDATE_CONFIG_KEY_FILE here into that of the machine as well; its log says what was wrong.',
  };
}
