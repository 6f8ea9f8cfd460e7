import { describe, expect, it } from 'vitest';
import { listAt, mappingAt } from '../../../src/site/data.ts';
import { siteFrom } from '../../../src/site/read-site.ts';
import { navigatorPart, ownPart } from '../../../src/site/static.ts';
import { readListen, webSettingOf } from '../../../src/site/web-setting.ts';
import { siteOf, webSiteOf } from '../../support/machine/site.ts';
import { failureOf } from '../../support/suite/failure.ts';

const HOST = { defaultAppRoot: '/rails', hostname: 'admin', totalMemoryBytes: 2 ** 31 };
const webOf = (env: Record<string, string>) => webSettingOf(siteFrom(env, HOST, null));

describe('the web part of a site', () => {
  it('is none without SHOWCASE_WEB, and none if that is off', () => {
    expect(webOf({})).toBe(null);
    expect(webOf({ SHOWCASE_WEB: '', WEB_LISTEN: '9898' })).toBe(null);
    expect(webOf({ SHOWCASE_WEB: 'off' })).toBe(null);
  });

  it.each([
    [{}, { host: '127.0.0.1', port: 9898 }],
    [{ WEB_LISTEN: '127.0.0.1:80' }, { host: '127.0.0.1', port: 80 }],
    [{ WEB_LISTEN: 'localhost:65535' }, { host: 'localhost', port: 65_535 }],
    [{ WEB_LISTEN: '[::1]:9000' }, { host: '::1', port: 9000 }],
  ])('is here if SHOWCASE_WEB is on, and listens where WEB_LISTEN says: %j', (env, listen) => {
    expect(webOf({ SHOWCASE_WEB: 'on', ...env })).toEqual({ kind: 'here', listen });
  });

  it.each([
    ['https://admin.example/showcase', 'https://admin.example/showcase'],
    ['https://admin.example/showcase/', 'https://admin.example/showcase'],
    ['https://Admin.example', 'https://admin.example'],
    ['https://admin.example:8443/', 'https://admin.example:8443'],
    ['http://127.0.0.1:9999/showcase', 'http://127.0.0.1:9999/showcase'],
    ['http://localhost:9999', 'http://localhost:9999'],
  ])('is elsewhere if SHOWCASE_WEB is an address: %s', (SHOWCASE_WEB, url) => {
    for (const env of [{}, { FLY_APP_NAME: 'smooth', FLY_REGION: 'iad' }, { KAMAL_CONTAINER_NAME: 'web' }])
      expect(webOf({ SHOWCASE_WEB, ...env })).toEqual({ kind: 'elsewhere', url });
  });

  it.each([
    [{ SHOWCASE_WEB: 'yes' }, 'SHOWCASE_WEB is "yes", which is neither "on" nor an address'],
    [{ SHOWCASE_WEB: 'ON' }, 'neither "on" nor an address'],
    [{ SHOWCASE_WEB: 'admin.example/showcase' }, 'neither "on" nor an address'],
    [{ SHOWCASE_WEB: 'http://admin.example/showcase' }, 'does not begin with https://'],
    [{ SHOWCASE_WEB: 'http://127.0.0.1.admin.example/showcase' }, 'does not begin with https://'],
    [{ SHOWCASE_WEB: 'http://localhost.admin.example/showcase' }, 'does not begin with https://'],
    [{ SHOWCASE_WEB: 'http://admin.localhost/showcase' }, 'does not begin with https://'],
    [{ SHOWCASE_WEB: 'ftp://admin.example/showcase' }, 'does not begin with https://'],
    [{ SHOWCASE_WEB: 'https://admin.example/showcase?' }, 'a query or a fragment'],
    [{ SHOWCASE_WEB: 'https://admin.example/showcase#x' }, 'a query or a fragment'],
    [{ SHOWCASE_WEB: 'https://admin.example/$1' }, 'a path that is not plain'],
    [{ SHOWCASE_WEB: 'https://admin.example/a//b' }, 'a path that is not plain'],
    [{ SHOWCASE_WEB: 'https://admin.example/a%2fb' }, 'a path that is not plain'],
    [{ SHOWCASE_WEB: 'on\u001b' }, 'neither "on" nor an address'],
    [
      { SHOWCASE_WEB: 'on', FLY_APP_NAME: 'smooth', FLY_REGION: 'iad' },
      'SHOWCASE_WEB is "on", but this is a fly',
    ],
    [{ SHOWCASE_WEB: 'on', KAMAL_CONTAINER_NAME: 'web' }, 'SHOWCASE_WEB is "on", but this is a kamal'],
    [{ SHOWCASE_WEB: 'on', WEB_LISTEN: '9898' }, 'WEB_LISTEN is "9898"'],
    [{ SHOWCASE_WEB: 'on', WEB_LISTEN: '0.0.0.0:9898' }, 'WEB_LISTEN'],
    [{ SHOWCASE_WEB: 'on', WEB_LISTEN: '127.0.0.1:65536' }, 'WEB_LISTEN'],
    [{ SHOWCASE_WEB: 'on', WEB_LISTEN: '127.0.0.1:0' }, 'has no port'],
    [{ SHOWCASE_WEB: 'on', WEB_LISTEN: '::1:9898' }, 'WEB_LISTEN'],
    [{ SHOWCASE_WEB: 'on', WEB_LISTEN: '127.0.0.1:9898 ' }, 'WEB_LISTEN'],
  ])('is refused with a hint if it is wrong: %j', async (env, message) => {
    const failure = await failureOf(() => webOf(env));
    expect(failure.code).toBe('config-invalid');
    expect(failure.message).toContain(message);
    expect(failure.hint).toMatch(/SHOWCASE_WEB|WEB_LISTEN/);
  });

  it.each([
    'https://anna:secret@admin.example/showcase',
    'http://anna:secret@admin.example',
    'anna:secret@admin',
  ])('never says a password that SHOWCASE_WEB holds: %s', async (SHOWCASE_WEB) => {
    const failure = await failureOf(() => webOf({ SHOWCASE_WEB }));
    expect(failure.code).toBe('config-invalid');
    expect(failure.message + failure.hint).not.toMatch(/secret|anna/);
  });

  it('is looked at where it is needed alone, so that a wrong one keeps nothing else from working', () => {
    const site = siteOf('fly-iad', null, { SHOWCASE_WEB: 'http://admin.example' });
    expect(ownPart(site).config).toEqual(navigatorPart(siteOf('fly-iad')).config);
  });

  it.each(['', ':8443'])('is refused if it leads back to the machine itself, by port "%s"', async (port) => {
    const env = { SHOWCASE_WEB: `https://smooth.fly.dev${port}/showcase` };
    const failure = await failureOf(() => navigatorPart(siteOf('fly-iad', null, env)));
    expect(failure.code).toBe('config-invalid');
    expect(failure.message).toContain('leads to this machine itself');
  });

  it('may have a free port if nobody else need know it', () => {
    expect(readListen({ WEB_LISTEN: '127.0.0.1:0' })).toEqual({ host: '127.0.0.1', port: 0 });
  });
});

describe('the static part of a site with the web part', () => {
  const overrides = {
    server: { root_path: '/dance', hostname: 'h.example' },
    managed_processes: [{ name: 'redis', command: 'redis-server' }],
    routes: { reverse_proxies: [{ path: '^/dance/logs$', target: 'http://localhost:9001' }] },
  };
  const namesIn = (list: ReturnType<typeof listAt>) =>
    list.map((item) => (item as { name?: string; path?: string }).name ?? (item as { path?: string }).path);

  it('has its routes and its process before those of the override file', () => {
    const { config } = navigatorPart(webSiteOf('local', overrides));
    expect(namesIn(listAt(config, 'managed_processes'))).toEqual(['showcase-web', 'redis']);
    expect(namesIn(listAt(mappingAt(config, 'routes'), 'reverse_proxies'))).toEqual([
      'showcase-web',
      'showcase-web-request',
      'showcase-web-live',
      '^/dance/logs$',
    ]);
  });

  it('follows the root path of the override file', () => {
    const { config } = navigatorPart(webSiteOf('local', overrides));
    expect(listAt(mappingAt(config, 'routes'), 'reverse_proxies')[2]).toMatchObject({
      path: '^/dance/(live)$',
      target: 'http://127.0.0.1:9898/dance/$1',
    });
    const elsewhere = navigatorPart(webSiteOf('kamal', overrides)).config;
    expect(listAt(mappingAt(elsewhere, 'routes'), 'reverse_proxies')[2]).toMatchObject({
      path: '^/dance/(live)$',
      target: 'https://admin.example/showcase/$1',
    });
  });

  it('differs in nothing else from that without it', () => {
    const { config } = navigatorPart(webSiteOf('fly-iad'));
    const plain = navigatorPart(siteOf('fly-iad')).config;
    const proxies = listAt(mappingAt(config, 'routes'), 'reverse_proxies').slice(3);
    const patterns = listAt(mappingAt(config, 'auth'), 'auth_patterns').slice(0, -3);
    expect({
      ...config,
      auth: { ...mappingAt(config, 'auth'), auth_patterns: patterns },
      routes: { ...mappingAt(config, 'routes'), reverse_proxies: proxies },
    }).toEqual(plain);
  });
});
