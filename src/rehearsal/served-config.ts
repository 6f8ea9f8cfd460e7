import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { publicGlobs } from '../check/access.ts';
import { at, listAt, textAt } from '../check/document.ts';
import { Patterns } from '../check/pattern-rules.ts';
import { type NavigatorView, patternPlaces, type Replay, replays, viewOf } from '../check/planned-view.ts';
import { readYaml } from '../check/yaml-reader.ts';
import type { SimMachine } from './machines.ts';

/** What Navigator on a machine knows from the navigator.yml that update_config wrote there. */
export interface ServedConfig {
  /** For the rules of access: document, patterns, root path. */
  readonly view: NavigatorView;
  readonly realm: string;
  /** Path of the htpasswd file. */
  readonly htpasswd: string;
  readonly redirects: readonly { readonly from: string; readonly to: string }[];
  readonly replays: readonly Replay[];
  /** Patterns of what goes to another host. */
  readonly proxied: readonly string[];
  readonly tenants: readonly ServedTenant[];
  readonly publicDir: string;
  /** Without their dots. */
  readonly extensions: readonly string[];
  readonly tryFiles: readonly string[];
  /** What `Cache-Control` is for files below a path, the first one that fits; the last is for all others. */
  readonly cached: readonly { readonly path: string; readonly header: string }[];
}

export interface ServedTenant {
  /** With a slash at its end. */
  readonly path: string;
  readonly database: string;
  /** `RAILS_APP_OWNER` */
  readonly owner: string;
}

/** The configurations of the played machines below a directory, read again when a file has changed. */
export class ServedConfigs {
  readonly #home: string;
  readonly #read = new Map<string, { stamp: string; config: Promise<ServedConfig> }>();

  constructor(home: string) {
    this.#home = home;
  }

  /** Null for a machine that no update has reached yet. */
  async of(machine: SimMachine): Promise<ServedConfig | null> {
    const path = join(this.#home, machine.id, 'rails/config/navigator.yml');
    const found = statSync(path, { throwIfNoEntry: false });
    if (!found) return null;
    const stamp = `${found.ino} ${found.mtimeMs} ${found.size}`;
    const known = this.#read.get(path);
    if (known?.stamp === stamp) return await known.config;
    const config = readConfig(readFileSync(path, 'utf8'));
    this.#read.set(path, { stamp, config });
    return await config;
  }
}

const CACHED = ['server', 'static', 'cache_control'];
/** Seconds in the units of Navigator's durations. */
const UNITS: Readonly<Record<string, number>> = {
  s: 1,
  m: 60,
  h: 3600,
  d: 86_400,
  w: 604_800,
  y: 31_536_000,
};

/** Of a duration such as `1y`, or `0`. */
function maxAge(duration = '0'): string {
  const [, count = '0', unit = 's'] = /^(\d+)([smhdwy]?)$/.exec(duration) ?? [];
  return `public, max-age=${Number(count) * (UNITS[unit] ?? 1)}`;
}

/** @throws {YamlError} for a text that update_config would not have installed */
export async function readConfig(text: string): Promise<ServedConfig> {
  const document = readYaml(text);
  const written = patternPlaces(document).map(({ pattern }) => String(pattern));
  const view = viewOf(document, await Patterns.load([...written, ...publicGlobs(document)]));
  const textsAt = (...keys: string[]) => listAt(document, ...keys).map(String);
  return {
    view,
    realm: textAt(document, 'auth', 'realm') ?? '',
    htpasswd: textAt(document, 'auth', 'htpasswd') ?? '',
    redirects: listAt(document, 'routes', 'redirects').map((item) => ({
      from: textAt(item, 'from') ?? '',
      to: textAt(item, 'to') ?? '',
    })),
    replays: replays(document),
    proxied: listAt(document, 'routes', 'reverse_proxies').map((item) => textAt(item, 'path') ?? ''),
    tenants: listAt(document, 'applications', 'tenants').map((item) => ({
      path: textAt(item, 'path') ?? '',
      database: textAt(item, 'var', 'database') ?? '',
      owner: String(at(item, 'env', 'RAILS_APP_OWNER') ?? ''),
    })),
    publicDir: textAt(document, 'server', 'static', 'public_dir') ?? '',
    extensions: textsAt('server', 'static', 'allowed_extensions'),
    tryFiles: textsAt('server', 'static', 'try_files'),
    cached: [
      ...listAt(document, ...CACHED, 'overrides').map((item) => ({
        path: textAt(item, 'path') ?? '',
        header: `${maxAge(textAt(item, 'max_age'))}${at(item, 'immutable') === true ? ', immutable' : ''}`,
      })),
      { path: '', header: maxAge(textAt(document, ...CACHED, 'default')) },
    ],
  };
}
