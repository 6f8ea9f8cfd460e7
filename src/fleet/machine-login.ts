import { join } from 'node:path';
import { Failure } from '../failure.ts';
import { type Login, readNetrc } from './netrc.ts';

/** Who asks. Bearer tokens are `UPDATE_CONFIG_TOKEN` of the machines. */
export type Credentials =
  | {
      readonly scheme: 'basic';
      readonly user: string;
      readonly password: string;
      /** A warning about the place where they were found; absent for none. */
      readonly caution?: string;
    }
  | { readonly scheme: 'bearer'; readonly token: string };

/**
 * The credentials for a host, the most explicit ones first: `--user user[:password]`; `FLEET_USER` (the same
 * form); the bearer token `UPDATE_CONFIG_TOKEN`; the host's entry in netrc (`NETRC`, else `~/.netrc`); else none. The
 * password of a user who is given without one is `FLEET_PASSWORD`, else that of the user's entry in netrc.
 *
 * @param user what `--user` says; null without it
 * @throws {Failure} `usage` or `config-invalid`; never with a secret in it
 */
export function readCredentials(
  user: string | null,
  env: NodeJS.ProcessEnv,
  host: string,
): Credentials | null {
  const given = user ?? (env['FLEET_USER'] || null);
  if (given !== null) return ofUser(given, user !== null, env, host);
  const token = env['UPDATE_CONFIG_TOKEN'];
  if (token) return { scheme: 'bearer', token: readToken(token) };
  const found = fromNetrc(env, host, null);
  return found ? ofLogin(found) : null;
}

function ofUser(given: string, byOption: boolean, env: NodeJS.ProcessEnv, host: string): Credentials {
  const colon = given.indexOf(':');
  const user = colon < 0 ? given : given.slice(0, colon);
  const source = byOption ? '--user' : 'FLEET_USER';
  const invalid = (message: string, hint: string): Failure =>
    new Failure(byOption ? 'usage' : 'config-invalid', message, { hint });
  if (user === '') throw invalid(`${source} names no user`, 'Give it as user or user:password.');
  const password = colon < 0 ? env['FLEET_PASSWORD'] : given.slice(colon + 1);
  if (password) return { scheme: 'basic', user, password };
  const found = colon < 0 ? fromNetrc(env, host, user) : null;
  if (found) return ofLogin(found);
  throw invalid(
    `there is no password for the user of ${source}`,
    `Set FLEET_PASSWORD, or add an entry for ${host} to ~/.netrc.`,
  );
}

function ofLogin({ login: user, ...rest }: Login): Credentials {
  return { scheme: 'basic', user, ...rest };
}

function fromNetrc(env: NodeJS.ProcessEnv, host: string, login: string | null): Login | null {
  const { NETRC: named, HOME: home } = env;
  const path = named || (home ? join(home, '.netrc') : null);
  return path === null ? null : readNetrc(path, host, login, Boolean(named));
}

function readToken(token: string): string {
  if (/^[\x21-\x7e]+$/.test(token)) return token;
  throw new Failure('config-invalid', 'UPDATE_CONFIG_TOKEN holds characters that fit into no header', {
    hint: 'Set it to what the machines have, or unset it.',
  });
}

/** The value of an `Authorization` header. */
export function authorization(credentials: Credentials): string {
  if (credentials.scheme === 'bearer') return `Bearer ${credentials.token}`;
  return `Basic ${Buffer.from(`${credentials.user}:${credentials.password}`).toString('base64')}`;
}

/** Their secret parts. */
export function credentialSecrets(credentials: Credentials | null): string[] {
  if (!credentials) return [];
  if (credentials.scheme === 'bearer') return [credentials.token];
  return [credentials.password, authorization(credentials).slice('Basic '.length)];
}
