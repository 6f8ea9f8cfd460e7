/**
 * What an override file may say. `YAMLConfig` in internal/config/types.go of rubys/navigator (commit 68f6844, 2026-03-28)
 * names the keys that Navigator knows. Keys that its internal/config/parser.go does not pass on are `unread` here.
 */

/** A rule for one text; `says` completes "must be". */
interface TextRule {
  readonly matches: RegExp;
  readonly says: string;
}

export type Schema =
  | { readonly kind: 'text'; readonly rule?: TextRule }
  | { readonly kind: 'flag'; readonly only?: true }
  | { readonly kind: 'number'; readonly from: number; readonly to: number }
  | { readonly kind: 'list'; readonly of: Schema }
  /** A mapping with names of the operator's choice. */
  | { readonly kind: 'map'; readonly of: Schema; readonly name: TextRule }
  | { readonly kind: 'record'; readonly fields: Fields; readonly required: readonly string[] }
  /** Known, and written into navigator.yml, but without effect there: always, or where it is `value`. */
  | { readonly kind: 'unread'; readonly of: Schema; readonly value?: boolean }
  /** Cannot be overridden: it is derived from `from`. */
  | { readonly kind: 'derived'; readonly from: string };

export type Fields = Readonly<Record<string, Schema>>;

const text: Schema = { kind: 'text' };
const flag: Schema = { kind: 'flag' };
const count: Schema = { kind: 'number', from: 1, to: 1_000_000 };
const port: Schema = { kind: 'number', from: 1, to: 65_535 };
const status: Schema = { kind: 'number', from: 100, to: 599 };
const fromIndex: Schema = { kind: 'derived', from: 'the index' };
const fromInstallation: Schema = { kind: 'derived', from: "this installation's paths" };

const matching = (matches: RegExp, says: string): Schema => ({ kind: 'text', rule: { matches, says } });
const oneOf = (...words: string[]): Schema =>
  matching(new RegExp(`^(?:${words.join('|')})$`), words.map((word) => `"${word}"`).join(' or '));
const unread = (of: Schema, value?: boolean): Schema => ({
  kind: 'unread',
  of,
  ...(value === undefined ? {} : { value }),
});
const listOf = (of: Schema): Schema => ({ kind: 'list', of });
const record = (fields: Fields, required: readonly string[] = []): Schema => ({
  kind: 'record',
  fields,
  required,
});

/** Go's durations, and Navigator's own days, weeks and years, which stand alone. */
const duration = matching(
  /^(?:0|(?:\d+(?:\.\d+)?(?:ns|us|ms|s|m|h))+|\d+(?:\.\d+)?[dwy])$/,
  'a duration such as "30s", "1h30m" or "7d"',
);
const size = matching(/^\d+(?:\.\d+)?\s*[KMGT]?B?$/i, 'a size such as "768M" or "1G"');
const absolute = matching(/^\//, 'a path that starts with "/"');
const variables: Schema = {
  kind: 'map',
  of: matching(/^[^\0]*$/, 'without NUL'),
  name: { matches: /^[A-Za-z_][A-Za-z0-9_]*$/, says: 'the name of an environment variable' },
};
const headers: Schema = {
  kind: 'map',
  of: matching(/^[^\0\r\n]*$/, 'one line'),
  name: { matches: /^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/, says: 'the name of a header' },
};
const frameworks = (of: Schema): Schema => ({
  kind: 'map',
  of,
  name: { matches: /^[A-Za-z0-9_-]+$/, says: 'the name of a framework' },
});

const server = record({
  listen: port,
  hostname: matching(/^[A-Za-z0-9.:_-]+$/, 'a host name'),
  // It becomes part of patterns and paths, so only plain characters are allowed.
  root_path: matching(
    /^(?:\/[A-Za-z0-9_-]+)*$/,
    'empty, or a path such as "/showcase" without a final slash',
  ),
  trust_proxy: flag,
  cgi_scripts: fromInstallation,
  static: record({
    public_dir: text,
    allowed_extensions: listOf(text),
    try_files: listOf(text),
    normalize_trailing_slashes: flag,
    cache_control: record({
      default: duration,
      default_immutable: flag,
      overrides: listOf(record({ path: absolute, max_age: duration, immutable: flag }, ['path'])),
    }),
  }),
  idle: record({ action: oneOf('suspend', 'stop'), timeout: duration }),
  health_check: record({ path: absolute, response: record({ status, body: text, headers }) }),
  bot_detection: unread(record({ enabled: flag, action: oneOf('reject', 'ignore', 'static-only') })),
  disable_compression: unread(flag),
});

/**
 * No override may open the site: Navigator takes auth for disabled when `enabled` is false or the realm is `off`, and
 * a public path of `/` or `*` lets everyone in everywhere. (That none opens the root path is checked beside this.)
 */
const auth = record({
  enabled: { kind: 'flag', only: true },
  realm: matching(/^(?!off$)[^"\\\p{Cc}]+$/u, 'a name other than "off", without quotes'),
  htpasswd: fromInstallation,
  public_paths: listOf(
    matching(
      /^(?:\*\.[A-Za-z0-9]+|\/[^*?[\]\\\p{Cc}]*\*\.[A-Za-z0-9]+|\/[^*?[\]\\\p{Cc}]+)$/u,
      'a path such as "/showcase/docs/", or a suffix such as "*.css"',
    ),
  ),
  auth_patterns: fromIndex,
});

const applications = record({
  pools: record({
    max_size: unread(count),
    timeout: duration,
    start_port: port,
    default_memory_limit: size,
    user: text,
    group: text,
  }),
  framework: unread(
    record({
      command: text,
      args: listOf(text),
      app_directory: text,
      port_env_var: text,
      start_delay: duration,
    }),
  ),
  tenants: fromIndex,
  env: variables,
  runtime: frameworks(text),
  server: frameworks(text),
  args: frameworks(listOf(text)),
  health_check: absolute,
  startup_timeout: unread(duration),
  track_websockets: unread(flag, false),
  hooks: fromInstallation,
});

const routes = record({
  redirects: listOf(record({ from: text, to: text }, ['from', 'to'])),
  rewrites: listOf(record({ from: text, to: text }, ['from', 'to'])),
  reverse_proxies: listOf(
    record(
      {
        name: text,
        path: text,
        prefix: text,
        target: text,
        strip_path: flag,
        headers,
        response_headers: headers,
        websocket: flag,
      },
      ['target'],
    ),
  ),
  fly: record({
    // Replaces the routes to other apps; the routes to other regions follow it.
    replay: listOf(record({ path: text, app: text, region: fromIndex, status }, ['path', 'app'])),
    sticky_sessions: unread(
      record({
        enabled: flag,
        cookie_name: text,
        cookie_max_age: duration,
        cookie_secure: flag,
        cookie_httponly: flag,
        cookie_samesite: oneOf('Strict', 'Lax', 'None'),
        cookie_path: text,
        paths: listOf(text),
      }),
    ),
  }),
});

export const OVERRIDES: Fields = {
  server,
  auth,
  cable: record({ enabled: flag, path: absolute, broadcast_path: absolute }),
  applications,
  managed_processes: listOf(
    record(
      {
        name: text,
        command: text,
        args: listOf(text),
        working_dir: text,
        env: variables,
        auto_restart: flag,
        start_delay: duration,
      },
      ['name', 'command'],
    ),
  ),
  routes,
  hooks: fromInstallation,
  logging: record({
    format: oneOf('json', 'text'),
    file: text,
    vector: record({ enabled: flag, socket: text, config: text }),
  }),
  maintenance: record({ enabled: flag, page: absolute }),
};
