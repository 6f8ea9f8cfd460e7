import { Failure } from '../failure.ts';
import { quoted } from '../text.ts';
import type { Site, WebVariables } from './site.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** Where the web part of a site answers. */
export type WebSetting =
  /** On this machine, where Navigator runs it. */
  | { readonly kind: 'here'; readonly listen: Listen }
  /** On the host that owns the index; `url` is absolute, its base path included, without a final slash. */
  | { readonly kind: 'elsewhere'; readonly url: string };

/** An address of this machine alone. */
export interface Listen {
  /** `127.0.0.1`, `localhost` or the like; `::1` without brackets. */
  readonly host: string;
  /** TCP port; 0 for a free one. */
  readonly port: number;
}

const ON = 'on';

const DEFAULT_LISTEN: Listen = { host: '127.0.0.1', port: 9898 };

/** Passwords come by HTTP, so nobody else may reach the address. */
const LISTEN = /^(?<host>127(?:\.\d{1,3}){3}|localhost|\[::1\]):(?<port>0|[1-9]\d{0,4})$/;

const LOOPBACK = /^(?:127(?:\.\d{1,3}){3}|localhost|\[::1\])$/;

/** A path that Navigator takes as it is: a `$` in it would be a variable. */
const PLAIN_PATH = /^(?:\/[A-Za-z0-9._~-]+)*\/?$/;

/** The variables of the web part; null where there is none. */
export function readWebVariables(env: Environment): WebVariables | null {
  const showcaseWeb = env['SHOWCASE_WEB'];
  if (!showcaseWeb || showcaseWeb === 'off') return null;
  return { showcaseWeb, webListen: (showcaseWeb === ON && env['WEB_LISTEN']) || '' };
}

/**
 * What these variables mean on a machine.
 *
 * @returns null where there is no web part
 * @throws {Failure} `config-invalid`, naming the variable.
 */
export function webSettingOf({ web, deployment }: Pick<Site, 'web' | 'deployment'>): WebSetting | null {
  if (web === null) return null;
  if (web.showcaseWeb !== ON) return { kind: 'elsewhere', url: readAddress(web.showcaseWeb) };
  if (deployment !== 'local') {
    throw new Failure('config-invalid', `SHOWCASE_WEB is "on", but this is a ${deployment} machine`, {
      hint: 'Only the host that owns the index runs showcase-web. Set SHOWCASE_WEB to its address, such as https://admin.example/showcase.',
    });
  }
  const listen = readListen({ WEB_LISTEN: web.webListen });
  if (listen.port !== 0) return { kind: 'here', listen };
  throw new Failure('config-invalid', `WEB_LISTEN is ${quoted(web.webListen)}, which has no port`, {
    hint: 'Set WEB_LISTEN to an address with a port, or unset it for 127.0.0.1:9898: Navigator must know it.',
  });
}

/**
 * Reads `WEB_LISTEN`; 127.0.0.1:9898 where it is unset or empty.
 *
 * @throws {Failure} `config-invalid`
 */
export function readListen(env: Environment): Listen {
  const value = env['WEB_LISTEN'];
  if (!value) return DEFAULT_LISTEN;
  const { host = '', port = '' } = LISTEN.exec(value)?.groups ?? {};
  if (host !== '' && Number(port) <= 65_535)
    return { host: host.replace(/^\[|\]$/g, ''), port: Number(port) };
  throw new Failure(
    'config-invalid',
    `WEB_LISTEN is ${quoted(value)}, which is not an address and port of this machine alone`,
    {
      hint: 'Set WEB_LISTEN to 127.0.0.1:PORT, localhost:PORT or [::1]:PORT, or unset it for 127.0.0.1:9898.',
    },
  );
}

/** The address as `WEB_LISTEN` and an URL have it. */
export function listenText({ host, port }: Listen): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`;
}

function readAddress(value: string): string {
  const url = URL.parse(value);
  const problem = url === null ? 'is neither "on" nor an address' : addressProblem(url, value);
  if (url !== null && problem === null) return `${url.origin}${url.pathname.replace(/\/$/, '')}`;
  // The part before an `@` may be a secret.
  const shown = value.includes('@') ? 'an address' : quoted(value);
  throw new Failure('config-invalid', `SHOWCASE_WEB is ${shown}, which ${problem}`, {
    hint: 'Set SHOWCASE_WEB to "on" on the host that owns the index, on other machines to its address, such as https://admin.example/showcase. Without it there is no web part.',
  });
}

function addressProblem(url: URL, value: string): string | null {
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && LOOPBACK.test(url.hostname)))
    return 'does not begin with https://, so that passwords could be read on their way';
  if (url.username !== '' || url.password !== '') return 'holds a name or a password';
  // Empty ones count, too.
  if (/[?#]/.test(value)) return 'holds a query or a fragment';
  return PLAIN_PATH.test(url.pathname) ? null : 'has a path that is not plain';
}
