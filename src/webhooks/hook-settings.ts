import { Failure } from '../failure.ts';
import { readKeys } from '../signature.ts';
import { quoted } from '../text.ts';
import { GITHUB_EVENTS, type GithubEvent, type GithubRules } from './read-hook.ts';
import type { HookKeys } from './verify-hook.ts';

/** Of requests that come in. */
export interface HookSettings {
  readonly keys: HookKeys;
  readonly github: GithubRules;
}

/** Characters: whoever has it can have the machines updated. */
const SHORTEST_SECRET = 16;

/**
 * @param env with the content of files in it, as `readSecrets` gives it
 * @throws {Failure} `config-invalid`, naming the variable, never with anything of a secret
 */
export function readHookSettings(env: NodeJS.ProcessEnv): HookSettings {
  const key = env['WEBHOOK_KEY'];
  return {
    keys: {
      webhook: key ? readKeys(key, 'WEBHOOK_KEY_FILE') : [],
      github: secretLines(env, 'WEBHOOK_GITHUB_SECRET'),
      store: secretLines(env, 'WEBHOOK_STORE_TOKEN'),
    },
    github: {
      events: readEvents(env['WEBHOOK_GITHUB_EVENTS'] || 'push'),
      branches: readBranches(env['WEBHOOK_GITHUB_BRANCHES'] ?? ''),
    },
  };
}

/** One a line; lines that are empty or begin with `#` do not count. */
function secretLines(env: NodeJS.ProcessEnv, name: string): string[] {
  const text = env[name];
  if (!text) return [];
  const lines = text.split(/\r?\n/).map((line) => line.trim());
  const secrets = lines.filter((line) => line !== '' && !line.startsWith('#'));
  if (secrets.length === 0) throw invalid(`${name}_FILE holds no secret`);
  const wrong = secrets.find((secret) => secret.length < SHORTEST_SECRET || /\s/.test(secret));
  if (wrong === undefined) return secrets;
  throw invalid(
    `${name}_FILE, line ${lines.indexOf(wrong) + 1}, has less than ${SHORTEST_SECRET} characters, or white space in it`,
  );
}

function invalid(message: string): Failure {
  return new Failure('config-invalid', message, {
    hint: 'Put one secret a line into that file. This makes one: openssl rand -hex 32',
  });
}

function readEvents(text: string): GithubEvent[] {
  const events = GITHUB_EVENTS.filter((event) => listIn(text)?.includes(event));
  if (events.length === listIn(text)?.length) return events;
  throw new Failure('config-invalid', `WEBHOOK_GITHUB_EVENTS is ${quoted(text)}`, {
    hint: `Set it to some of ${GITHUB_EVENTS.join(', ')}, with commas between them; unset it for push alone.`,
  });
}

function readBranches(text: string): string[] | null {
  const branches = listIn(text);
  // No push would ever be to a branch of that name, and nothing would say so.
  const wrong = branches?.find((branch) => /^refs\/|[\s~^:?*[\\]/.test(branch));
  if (wrong === undefined) return branches;
  throw new Failure('config-invalid', `WEBHOOK_GITHUB_BRANCHES has ${quoted(wrong)}`, {
    hint: 'Set it to names of branches, such as main, with commas between them; unset it for the default branch.',
  });
}

function listIn(text: string): string[] | null {
  const names = text.split(',').flatMap((one) => (one.trim() === '' ? [] : [one.trim()]));
  return names.length === 0 ? null : [...new Set(names)];
}
