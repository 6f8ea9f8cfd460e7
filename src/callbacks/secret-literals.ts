import { formsOf, secretsOf } from '../report/redact.ts';
import { derivedKey, writtenKey } from './callback-signatures.ts';
import type { Dashboard } from './delivery-model.ts';
import type { DeployConfig } from './deploy-config.ts';

/** Characters. A shorter part of a path is a word; a longer one may be a token, as the gem's plan has it. */
const SHORTEST_TOKEN = 20;

/** Variables that hold a secret, beside those that every run knows (`secretsOf`). */
const SECRET_VARIABLE = /CONNECTION_STRING$/i;

/**
 * Everything that a dashboard must not be told, in all forms: the keys, what of its own address lets others write to it, what
 * the config and the environment hold, and `others`. A secret that is broken into two lines of a log cannot be found.
 */
export function secretLiterals(
  { url, deployKey, webhookKeys }: Dashboard,
  config: DeployConfig,
  env: Readonly<Record<string, string | undefined>>,
  others: readonly string[],
): string[] {
  const keys = [deployKey, deployKey.toLowerCase(), deployKey.toUpperCase()];
  const written = [derivedKey(deployKey), ...webhookKeys].map(writtenKey);
  const variables = Object.entries(env).flatMap(([name, value]) =>
    value !== undefined && SECRET_VARIABLE.test(name) ? [value] : [],
  );
  const all = [
    ...[...keys, ...written, ...written.map((key) => key.slice('whsec_'.length)), ...config.callbackSecrets],
    ...[...ofAddress(url), ...config.secrets, ...secretsOf(env), ...variables, ...others],
  ];
  return [...new Set(all.flatMap(formsOf))];
}

/** The values of its query, and what in its path looks like a token. */
function ofAddress(url: URL): string[] {
  const segments = url.pathname.split('/').filter((segment) => segment.length >= SHORTEST_TOKEN);
  return [...segments, ...segments.map(decoded), url.search.slice(1), ...url.searchParams.values()];
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
