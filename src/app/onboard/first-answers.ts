import { resolve } from 'node:path';
import {
  type Answers,
  type DashboardAnswer,
  GROUPS,
  type PartName,
  SECRET_NAMES,
  VARIABLES,
} from './onboard-answers.ts';
import type { OnboardOptions } from './onboard-options.ts';

/**
 * What is known before anybody is asked: options go before the file of settings, and that before the environment, which may
 * be of another day.
 *
 * @param file as `readEnvText` reads it
 */
export function firstAnswers(
  options: OnboardOptions,
  file: ReadonlyMap<string, string | null>,
  env: NodeJS.ProcessEnv,
): Answers {
  const settings = new Map<string, string>();
  const sources = [env, Object.fromEntries(file), withPaths(options.settings)];
  for (const source of sources) {
    for (const name of VARIABLES) {
      const value = source[name];
      if (!value) continue;
      forgetOther(settings, name);
      settings.set(name, value);
    }
  }
  for (const part of options.declined) for (const name of namesOf(part)) settings.delete(name);
  return {
    settings,
    dashboard: dashboardOf(options),
    declined: new Set([...options.declined].filter((part) => part !== 'dashboard')),
    given: givenParts(options),
  };
}

/** A secret in a file of its own takes the place of one that stands elsewhere, and the other way round. */
function forgetOther(settings: Map<string, string>, name: string): void {
  for (const secret of SECRET_NAMES) {
    if (name === secret) settings.delete(`${secret}_FILE`);
    if (name === `${secret}_FILE`) settings.delete(secret);
  }
}

/** Paths count from the present directory, and what is written is read elsewhere. */
function withPaths(settings: Readonly<Record<string, string>>): Record<string, string> {
  const isPath = (name: string) =>
    name.endsWith('_FILE') || name === 'APP_ROOT' || name === 'RAILS_DB_VOLUME';
  return Object.fromEntries(
    Object.entries(settings).map(([name, value]) => [name, isPath(name) ? resolve(value) : value]),
  );
}

function dashboardOf({ callbackUrl, declined }: OnboardOptions): DashboardAnswer {
  if (callbackUrl !== null) return { kind: 'stream', url: callbackUrl.trim() };
  return declined.has('dashboard') ? { kind: 'stop' } : { kind: 'open' };
}

function givenParts({ settings, declined, callbackUrl }: OnboardOptions): Set<PartName> {
  const named = GROUPS.filter(({ names }) => names.some((name) => name in settings)).map(({ part }) => part);
  return new Set([...named, ...declined, ...(callbackUrl === null ? [] : ['dashboard' as const])]);
}

function namesOf(part: PartName): readonly string[] {
  return GROUPS.filter((group) => group.part === part).flatMap(({ names }) => names);
}
