import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { mappingAt } from '../../../src/site/data.ts';
import { parseOverrides } from '../../../src/site/overrides.ts';
import { readSite } from '../../../src/site/read-site.ts';
import { failureOf } from '../../support/suite/failure.ts';

const HOST = { defaultAppRoot: '/rails', hostname: 'admin', totalMemoryBytes: 2 ** 31 };

describe('an override file', () => {
  it('is read with its keys in order', () => {
    const text = `
# The admin host stands behind Apache.
server:
  trust_proxy: true
  bot_detection: {enabled: false, action: static-only}
logging:
  file: /var/log/{{app}}.log
  vector: {enabled: true, socket: /tmp/v.sock, config: /rails/config/vector.toml}
applications:
  env: {__proto__: "x", RAILS_MAX_THREADS: "5"}
  pools: {max_size: 40, timeout: 1h30m}
routes:
  fly:
    replay: [{path: '^/showcase/.+\\.pdf$', app: print, status: 307}]
    sticky_sessions: {enabled: true, cookie_max_age: 2h, cookie_samesite: Lax}
managed_processes:
  - {name: redis, command: redis-server, args: [--port, "6379"], auto_restart: true}
`;
    const { data: overrides } = parseOverrides(text, 'o.yml');
    expect(JSON.parse(JSON.stringify(overrides))).toMatchObject({
      server: { trust_proxy: true, bot_detection: { enabled: false, action: 'static-only' } },
      logging: { file: '/var/log/{{app}}.log', vector: { enabled: true } },
      applications: { pools: { max_size: 40, timeout: '1h30m' } },
      routes: { fly: { replay: [{ app: 'print' }] } },
    });
    const env = mappingAt(mappingAt(overrides ?? {}, 'applications'), 'env');
    expect(Object.entries(env)).toEqual([
      ['__proto__', 'x'],
      ['RAILS_MAX_THREADS', '5'],
    ]);
  });

  it.each(['', '# nothing yet\n', '---\n', 'null\n', '{}\n'])('may be empty: %j', (text) => {
    expect(parseOverrides(text, 'o.yml').data ?? {}).toEqual({});
  });

  it('is found from the app root', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'overrides-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    writeFileSync(join(folder, 'own.yml'), 'server:\n  listen: 3001\n');
    const site = await readSite({ APP_ROOT: folder, NAVIGATOR_OVERRIDES: 'own.yml' }, HOST);
    expect(site).toMatchObject({ listenPort: 3001, overrides: { server: { listen: 3001 } } });
  });
});

describe('a wrong override', () => {
  it.each([
    ['server: {trust_proxy: yes}', 'server.trust_proxy must be true or false'],
    ['server: {listen: "9999"}', 'server.listen must be a whole number from 1 to 65535'],
    ['server: {listen: 70000}', 'server.listen must be'],
    ['server: {listen: 80.5}', 'server.listen must be'],
    ['server: {idle: {timeout: 15}}', 'server.idle.timeout must be a text'],
    ['server: {idle: {timeout: "15 minutes"}}', 'server.idle.timeout must be a duration'],
    ['server: {idle: {action: sleep}}', 'server.idle.action must be "suspend" or "stop"'],
    ['server: {root_path: /show/}', 'server.root_path must be'],
    ['server: {root_path: "/a|b"}', 'server.root_path must be'],
    ['server: {static: {try_files: index.html}}', 'server.static.try_files must be a list'],
    [
      'server: {static: {allowed_extensions: [html, 1]}}',
      'server.static.allowed_extensions[1] must be a text',
    ],
    ['server: [a]', 'server must be a mapping'],
    ['server:', 'server must be a mapping'],
    ['- a', 'the file must be a mapping'],
    ['1: x', '1 must be a text to be a key'],
    ['applications: {env: {A: 1}}', 'applications.env.A must be a text'],
    ['applications: {env: {"A B": x}}', 'applications.env.A B must be the name of an environment variable'],
    ['routes: {redirects: [{from: ^/$}]}', 'routes.redirects[0].to is missing'],
    ['managed_processes: [{name: x}]', 'managed_processes[0].command is missing'],
    ['server: {hostname: a}\nserver: {hostname: b}', 'server stands there twice'],
    ['server: {hostname: a, hostname: b}', 'server.hostname stands there twice'],
    ['server: {cgi_scripts: []}', "server.cgi_scripts derives from this installation's paths"],
    ['applications: {tenants: []}', 'applications.tenants derives from the index'],
    ['auth: {auth_patterns: []}', 'auth.auth_patterns derives from the index'],
    ['auth: {htpasswd: /etc/x}', "auth.htpasswd derives from this installation's paths"],
    [
      'routes: {fly: {replay: [{path: x, app: a, region: iad}]}}',
      'routes.fly.replay[0].region derives from the index',
    ],
    ['hooks: {server: {start: []}}', "hooks derives from this installation's paths"],
    ['hooks: null', 'hooks derives'],
    [
      'server: {hostname: "{{app_name}}.example"}',
      'server.hostname must have the value itself in place of {{app_name}}',
    ],
    ['server: &a {}\ncable: *a', 'server must not use anchors'],
    ['cable: {path: !!binary aGk=}', 'cable.path must be a text'],
    ['cable: {path: !mine x}', '!mine'],
    ['cable: {path: "x', 'o.yml'],
    ['a: {b: [', 'o.yml'],
  ])('is a failure that names the dotted key: %j', async (text, message) => {
    const failure = await failureOf(() => parseOverrides(text, 'o.yml'));
    expect(failure.code).toBe('config-invalid');
    expect(failure.message).toContain('o.yml');
    expect(failure.message).toContain(message);
  });

  it('has all its faults reported at once', async () => {
    const failure = await failureOf(() => parseOverrides('server: {listen: x}\ncable: 2\n', 'o.yml'));
    for (const key of ['server.listen', 'cable']) expect(failure.message).toContain(`${key} `);
  });

  it('is one that would open the site to everybody', async () => {
    const roots = [
      '/',
      '*',
      '**',
      '/*',
      '/showcase/',
      '*/',
      '/showcase/*',
      '',
      '*.',
      'showcase/',
      '/a?c',
      '/[a-z]/',
    ];
    const opening = [
      ...['{enabled: false}', '{enabled: null}', '{enabled: "true"}', '{realm: off}', '{realm: ""}'],
      ...roots.map((path) => `{public_paths: [/up, "${path}"]}`),
    ];
    for (const auth of opening) {
      const failure = await failureOf(() => parseOverrides(`auth: ${auth}`, 'o.yml'));
      expect([auth, failure.message]).toEqual([
        auth,
        expect.stringMatching(/auth\.(enabled|realm|public_paths\[1\]) /),
      ]);
    }
    const moved = 'server: {root_path: /dance}\nauth: {public_paths: [/dance/]}';
    expect((await failureOf(() => parseOverrides(moved, 'o.yml'))).message).toContain(
      'would open the whole site',
    );
  });

  it('may repeat that a login is required, and which paths need none', () => {
    const text =
      'auth: {enabled: true, realm: Dance, public_paths: [/showcase/docs/, "*.css", /showcase/x/*.pdf, /up]}';
    expect(parseOverrides(text, 'o.yml').data).toMatchObject({ auth: { enabled: true, realm: 'Dance' } });
  });
});

describe('a key of an override file that has no effect', () => {
  const cautions = (text: string) => parseOverrides(text, 'o.yml').cautions;

  it.each([
    ['server: {lisen: 3000}', 'server.lisen', 'server.listen'],
    ['server: {trust_prxy: true}', 'server.trust_prxy', 'server.trust_proxy'],
    ['sever: {}', 'sever', 'server'],
    ['logging: {vector: {enable: true}}', 'logging.vector.enable', 'logging.vector.enabled'],
    ['trust_proxy: true', 'trust_proxy', 'server.trust_proxy'],
    ['server: {static: {cahce_control: {}}}', 'server.static.cahce_control', 'server.static.cache_control'],
    [
      'routes: {reverse_proxies: [{target: x, websocket_: true}]}',
      'routes.reverse_proxies[0].websocket_',
      'routes.reverse_proxies[0].websocket',
    ],
    ['__proto__: {}', '__proto__', null],
    ['server: {constructor: 1}', 'server.constructor', null],
    ['zzz: [a, {b: &c d}]', 'zzz', null],
  ])('is reported with a suggestion, and left out: %j', (text, path, meant) => {
    const suggestion = meant === null ? '' : ` (is ${meant} meant?)`;
    expect(cautions(text)).toEqual([
      `o.yml: ${path} has no effect: Navigator knows no such key${suggestion}`,
    ]);
    expect(JSON.stringify(parseOverrides(text, 'o.yml').data)).not.toContain(`"${path.split('.').at(-1)}"`);
  });

  it.each([
    ['server: {bot_detection: {enabled: false}}', 'server.bot_detection'],
    ['server: {disable_compression: true}', 'server.disable_compression'],
    ['applications: {framework: {command: x}}', 'applications.framework'],
    ['applications: {startup_timeout: 5s}', 'applications.startup_timeout'],
    ['applications: {pools: {max_size: 40, timeout: 1h}}', 'applications.pools.max_size'],
    ['routes: {fly: {sticky_sessions: {enabled: true}}}', 'routes.fly.sticky_sessions'],
  ])('is reported if Navigator knows it but does not use it: %j', (text, path) => {
    expect(cautions(text)).toEqual([`o.yml: ${path} has no effect: Navigator does not use it`]);
  });

  it('is track_websockets if it is false, not if it is true', () => {
    expect(cautions('applications: {track_websockets: false}')).toEqual([
      'o.yml: applications.track_websockets has no effect: Navigator takes false for true',
    ]);
    expect(cautions('applications: {track_websockets: true}')).toEqual([]);
  });

  it('is not reported for a file whose keys all count, nor for the keys of navigator.yml itself', () => {
    expect(cautions('server: {trust_proxy: true}\nlogging: {vector: {enabled: true}}')).toEqual([]);
  });

  it('is reported a limited number of times, even in a file of thousands', () => {
    const text = Array.from({ length: 2000 }, (_, i) => `key_${i}: {}\n`).join('');
    const told = cautions(`${text}${'k'.repeat(1000)}: 1\n`);
    expect(told).toHaveLength(21);
    for (const caution of told) expect(caution.length).toBeLessThan(200);
    expect(told.at(-1)).toBe('o.yml: 1981 more keys have no effect');
  });

  it('does not hide a fault beside it', async () => {
    const failure = await failureOf(() => parseOverrides('server: {lisen: 1, listen: x}', 'o.yml'));
    expect(failure.message).toContain('server.listen must be');
  });
});
