import { randomUUID } from 'node:crypto';
import { DEPLOY_ID } from './wire.ts';

/** Variables with the id of a deploy, the first one counts. Others of other CIs are not among them: the gem's order is fixed. */
const VARIABLES = ['NVOI_DEPLOY_ID', 'GITHUB_RUN_ID'] as const;

/**
 * The id of the deploy that a run is part of: `NVOI_DEPLOY_ID`, else `GITHUB_RUN_ID`, else a random one. Empty ones do not count.
 *
 * @returns `caution`: what the operator should know of it; null for nothing
 */
export function deployIdOf(env: Readonly<Record<string, string | undefined>>): {
  readonly id: string;
  readonly caution: string | null;
} {
  let caution: string | null = null;
  for (const name of VARIABLES) {
    const id = env[name];
    if (!id) continue;
    if (DEPLOY_ID.test(id)) return { id, caution };
    caution ??= `${name} is not used: the id of a deploy has 1 to 128 letters, digits and . _ ~ -, the first a letter or a digit`;
  }
  return { id: randomUUID(), caution };
}
