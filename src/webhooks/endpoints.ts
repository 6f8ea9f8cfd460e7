import { createHash } from 'node:crypto';
import { Failure } from '../failure.ts';
import { isPrivateWay } from '../private-way.ts';
import type { EndpointOf, WebhookType } from '../runs/hooks/webhook-model.ts';
import { readKeys } from '../signature.ts';

/** Where programs are told of runs. */
export interface Endpoint extends EndpointOf {
  readonly url: URL;
  /** Of Standard Webhooks, all of which sign. Empty for an address that is only asked. */
  readonly keys: readonly Buffer[];
  /** `post`: a signed message. `get`: the platform's own way: the address is asked, and nothing is sent. */
  readonly way: 'post' | 'get';
  /** The address, as it may be shown: without its query, and without what may be a token in its path. */
  readonly shown: string;
  /** Which messages it gets. */
  readonly types: readonly WebhookType[];
}

/** All that programs are told, tests aside. */
export const TYPES: readonly WebhookType[] = ['index.published', 'run.finished', 'machine.failed'];
/** Stands in an address for the type of the message. */
const EVENT = '{event}';
const MOST_ENDPOINTS = 20;
/** Characters. */
const LONGEST = 2000;
/** Characters of a part of a path: what is longer may be a token. */
const LONGEST_SHOWN = 20;

/**
 * `WEBHOOK_URLS`: addresses with white space between them, each with `#` and the types that it gets, if not all of them.
 * `WEBHOOK_SIGNING_KEY_FILE`: keys, one a line; with an address of those before it a key of that one alone.
 * `WEBHOOK_NOTIFY_URL`: one address that is only asked.
 *
 * @param env with the content of files in it
 * @throws {Failure} `config-invalid`, naming the variable, never with a key, nor with more of an address than its origin
 */
export function readEndpoints(env: NodeJS.ProcessEnv): Endpoint[] {
  const urls = words(env['WEBHOOK_URLS'] ?? '');
  if (urls.length > MOST_ENDPOINTS)
    throw invalid('WEBHOOK_URLS', `has more than ${MOST_ENDPOINTS} addresses`);
  const keysOf = readSigningKeys(env['WEBHOOK_SIGNING_KEY'] ?? '', urls.map(withoutTypes));
  const posts = urls.map((text) => {
    const { url, types } = readUrl(text, 'WEBHOOK_URLS');
    const keys = keysOf(withoutTypes(text));
    if (keys.length > 0) return endpointOf('post', url, types ?? TYPES, keys);
    throw invalid('WEBHOOK_URLS', `has an address of ${url.origin}, for which there is no key`, KEY_HINT);
  });
  const endpoints = [...posts, ...words(env['WEBHOOK_NOTIFY_URL'] ?? '').map(asked)];
  const ids = new Set(endpoints.map(({ id }) => id));
  if (ids.size < endpoints.length) throw invalid('WEBHOOK_URLS', 'has an address twice');
  return endpoints;
}

function asked(text: string): Endpoint {
  const { url, types } = readUrl(text, 'WEBHOOK_NOTIFY_URL');
  // An address that does not say what happened is asked for what the platform asks it for.
  const usual: readonly WebhookType[] = text.includes(EVENT) ? TYPES : ['index.published'];
  return endpointOf('get', url, types ?? usual, []);
}

/** The address that is asked for a message of that type. */
export function addressFor({ url, way }: Pick<Endpoint, 'url' | 'way'>, type: string): URL {
  if (way === 'post') return url;
  return new URL(url.href.replaceAll(encodeURI(EVENT), type).replaceAll(EVENT, type));
}

function endpointOf(
  way: Endpoint['way'],
  url: URL,
  types: readonly WebhookType[],
  keys: readonly Buffer[],
): Endpoint {
  const id = createHash('sha256').update(`${way} ${url.href}`).digest('hex').slice(0, 12);
  const takes = (type: WebhookType): boolean => types.includes(type);
  return { id, url, keys, way, types, takes, shown: shownOf(url) };
}

function shownOf({ origin, pathname, search }: URL): string {
  const path = pathname.split('/').map((part) => (part.length > LONGEST_SHOWN ? '…' : part));
  return `${origin}${path.join('/')}${search === '' ? '' : '?…'}`;
}

function readUrl(text: string, setting: string): { url: URL; types: readonly WebhookType[] | null } {
  const url = URL.parse(withoutTypes(text));
  if (text.length > LONGEST || !url || !/^https?:\/\//i.test(text))
    throw invalid(setting, 'has something that is not an address with https://');
  if (/,https?:/i.test(text)) throw invalid(setting, `has a comma behind an address of ${url.origin}`);
  if (url.username !== '' || url.password !== '')
    throw invalid(setting, `has a login in an address of ${url.origin}`);
  if (!isPrivateWay(url))
    throw invalid(setting, `has an address of ${url.origin}: everybody on the way could read what is sent`);
  return { url, types: readTypes(text, setting) };
}

function readTypes(text: string, setting: string): readonly WebhookType[] | null {
  const at = text.indexOf('#');
  if (at < 0) return null;
  const names = text.slice(at + 1).split(',');
  const types = TYPES.filter((type) => names.includes(type));
  if (types.length === names.length) return types;
  throw invalid(
    setting,
    `has an unknown type after #`,
    `The types are ${TYPES.join(', ')}, with commas between them.`,
  );
}

/** By the address, all keys that sign for it: its own ones; those without an address where it has none. */
function readSigningKeys(text: string, urls: readonly string[]): (url: string) => readonly Buffer[] {
  const own = new Map<string, Buffer[]>();
  for (const [at, line] of text.split(/\r?\n/).entries()) {
    const [first = '', second] = words(line);
    if (first === '' || first.startsWith('#')) continue;
    const [url, key] = second === undefined ? ['', first] : [first, second];
    if (url !== '' && !urls.includes(url))
      throw invalid('WEBHOOK_SIGNING_KEY_FILE', `line ${at + 1}, has an address that is not in WEBHOOK_URLS`);
    const read = readKeys(key, `WEBHOOK_SIGNING_KEY_FILE, line ${at + 1},`);
    own.set(url, [...(own.get(url) ?? []), ...read]);
  }
  return (url) => own.get(url) ?? own.get('') ?? [];
}

const withoutTypes = (text: string): string => text.split('#')[0] ?? '';

function words(text: string): string[] {
  return text.split(/\s+/).filter((word) => word !== '');
}

const KEY_HINT =
  'Put a key into the file that WEBHOOK_SIGNING_KEY_FILE names; this makes one: echo "whsec_$(openssl rand -base64 32)"';

function invalid(
  setting: string,
  what: string,
  hint = 'Set it to addresses such as https://ci.example/hooks, with spaces between them; http only within this machine or Fly.',
): Failure {
  return new Failure('config-invalid', `${setting} ${what}`, { hint });
}
