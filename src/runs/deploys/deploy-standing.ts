import type { ReceivedRun } from './deploy-model.ts';

/** Where a run stands for those who look at it. */
export const DEPLOY_STANDINGS = [
  'started',
  'completed',
  'nothing-to-do',
  'failed',
  'cancelled',
  'interrupted',
  'no signal',
  'gone',
] as const;

export type DeployStanding = (typeof DEPLOY_STANDINGS)[number];

/** Milliseconds: six heartbeats. */
export const SILENT_MS = 90_000;
/** Milliseconds. */
export const GONE_MS = 900_000;

const COMPLETED: Readonly<Record<string, DeployStanding>> = { 'nothing-to-do': 'nothing-to-do' };
const FAILED: Readonly<Record<string, DeployStanding>> = {
  cancelled: 'cancelled',
  interrupted: 'interrupted',
};

/** Whether a run has ended, as far as its sender said. */
export function hasEnded({ status }: { readonly status: string | null }): boolean {
  return status === 'completed' || status === 'failed';
}

/**
 * Where a run stands. `no signal` and `gone` are nowhere stored: both end as soon as anything of the run arrives.
 *
 * @param now milliseconds since 1970, by the clock of the receiver
 */
export function deployStanding(
  { status, outcome, lastHeardAt }: Pick<ReceivedRun, 'status' | 'outcome' | 'lastHeardAt'>,
  now: number,
): DeployStanding {
  if (status === 'completed') return COMPLETED[outcome ?? ''] ?? 'completed';
  if (status === 'failed') return FAILED[outcome ?? ''] ?? 'failed';
  const silence = now - lastHeardAt;
  if (silence >= GONE_MS) return 'gone';
  return silence >= SILENT_MS ? 'no signal' : 'started';
}
