import { join, resolve } from 'node:path';
import { Failure } from '../../failure.ts';
import { TARGET_NAMES } from '../../fleet/targets/all-targets.ts';
import { readTrusted, type Trusted } from '../../http/forwarded.ts';
import { type MailSettings, readMailSettings } from '../../mail/mail-settings.ts';
import { readSiteAddress } from '../../settings.ts';
import type { Site } from '../../site/site.ts';
import { type Listen, readListen } from '../../site/web-setting.ts';
import { quoted } from '../../text.ts';
import { type Endpoint, readEndpoints } from '../../webhooks/endpoints.ts';
import { type HookSettings, readHookSettings } from '../../webhooks/hook-settings.ts';

export interface WebSettings {
  readonly listen: Listen;
  readonly isTrusted: Trusted;
  readonly stateDir: string;
  /** As `config-update --target` takes it. */
  readonly target: string;
  /** By the name of a target; without a slash at the end. */
  readonly publicUrls: ReadonlyMap<string, string>;
  /** Where these pages are seen, for mails; without a slash at the end. Null where nothing says it. */
  readonly webUrl: string | null;
  /** Null where no mail is sent. */
  readonly mail: MailSettings | null;
  /** Requests of programs that come in. */
  readonly hooks: HookSettings;
  /** Where messages about runs are sent. */
  readonly endpoints: readonly Endpoint[];
  /** By which programs read the metrics; null for programs of this host alone, without one. */
  readonly metricsToken: string | null;
}

const DEFAULT_TARGET = 'fly';
/** Characters: it is all that keeps anybody from the metrics. */
const SHORTEST_TOKEN = 16;

/**
 * Reads the settings of the server. An empty variable counts as unset.
 *
 * @param listen what `--listen` says; null without it
 * @throws {Failure} `config-invalid`, naming the variable
 */
export function readWebSettings(env: NodeJS.ProcessEnv, site: Site, listen: Listen | null): WebSettings {
  const publicUrls = new Map(TARGET_NAMES.flatMap((name) => publicUrlOf(env, name)));
  const [first = null] = publicUrls.values();
  const webUrl = readSiteAddress(env, 'WEB_URL', 'these pages are seen') ?? first;
  return {
    listen: listen ?? readListen(env),
    isTrusted: readTrusted(env['WEB_TRUSTED_PROXIES'] || 'loopback', 'WEB_TRUSTED_PROXIES'),
    stateDir: stateDirOf(env, site),
    target: readTarget(env['WEB_TARGET'] || DEFAULT_TARGET),
    publicUrls,
    webUrl,
    mail: mailOf(env, webUrl),
    hooks: readHookSettings(env),
    endpoints: readEndpoints(env),
    metricsToken: readMetricsToken(env),
  };
}

/** Absolute. */
export function stateDirOf(env: NodeJS.ProcessEnv, site: Pick<Site, 'appRoot' | 'dbDir'>): string {
  return resolve(site.appRoot, env['WEB_STATE_DIR'] || join(site.dbDir, '.showcase-web'));
}

function readTarget(text: string): string {
  const names = text.split(',').map((name) => name.trim());
  if (names.every((name) => TARGET_NAMES.includes(name)) && new Set(names).size === names.length)
    return names.join(',');
  throw new Failure('config-invalid', `WEB_TARGET is ${quoted(text)}`, {
    hint: `Set WEB_TARGET to ${TARGET_NAMES.join(' or ')}, or several with commas between them.`,
  });
}

function readMetricsToken(env: NodeJS.ProcessEnv): string | null {
  const token = env['METRICS_TOKEN'] || null;
  if (token === null || (token.length >= SHORTEST_TOKEN && !/\s/.test(token))) return token;
  throw new Failure(
    'config-invalid',
    `METRICS_TOKEN has less than ${SHORTEST_TOKEN} characters, or white space in it`,
    {
      hint: 'Put another one into the file that METRICS_TOKEN_FILE names. This makes one: openssl rand -hex 16',
    },
  );
}

function publicUrlOf(env: NodeJS.ProcessEnv, target: string): [string, string][] {
  const url = readSiteAddress(
    env,
    `PUBLIC_URL_${target.toUpperCase()}`,
    'the events of this target are seen',
  );
  return url === null ? [] : [[target, url]];
}

/** A mail has no page that its links could be relative to. */
function mailOf(env: NodeJS.ProcessEnv, webUrl: string | null): MailSettings | null {
  const mail = readMailSettings(env);
  if (mail === null || webUrl !== null) return mail;
  throw new Failure('config-invalid', 'SMTP_URL is set, and nothing says where these pages are seen', {
    hint: 'Set WEB_URL to their address, such as https://smooth.fly.dev/showcase, or PUBLIC_URL_FLY.',
  });
}
