import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { generateMaintenance } from '../../../src/generate/generate.ts';
import { siteFrom } from '../../../src/site/read-site.ts';
import type { Site } from '../../../src/site/site.ts';
import { NOTHING } from '../../support/indexes/invented-index.ts';
import { navigatorOf } from '../../support/machine/planned.ts';
import { siteOf } from '../../support/machine/site.ts';

describe('the hooks in navigator.yml', () => {
  const lifecycles = (site: Site) => {
    const { server, tenant } = navigatorOf(NOTHING, site).hooks;
    const commands = (hooks: { command: string }[]) =>
      hooks.map(({ command }) => command.replace('/rails/scripts/', ''));
    const all = [
      ...Object.entries(server),
      ...Object.entries(tenant).map(([name, hooks]) => [`tenant.${name}`, hooks] as const),
    ];
    return Object.fromEntries(all.map(([name, hooks]) => [name, commands(hooks).join()]));
  };

  it('on Fly serve every lifecycle but the start of a tenant', () => {
    expect(lifecycles(siteOf('fly-iad'))).toEqual({
      ...{ start: 'start', ready: 'ready', stop: 'idle', idle: 'idle', resume: 'resume' },
      ...{ 'tenant.start': '', 'tenant.stop': 'tenant-stop' },
    });
    expect(navigatorOf(NOTHING, siteOf('fly-iad')).hooks.server['resume']?.[0]?.reload_config).toBe(
      'config/navigator.yml',
    );
  });

  it('on Kamal serve start and ready, and locally none, with empty lists', () => {
    const none = {
      start: '',
      ready: '',
      stop: '',
      idle: '',
      resume: '',
      'tenant.start': '',
      'tenant.stop': '',
    };
    expect(lifecycles(siteOf('kamal'))).toEqual({ ...none, start: 'start', ready: 'ready' });
    expect(lifecycles(siteOf('local'))).toEqual(none);
  });
});

describe('the facts of this installation', () => {
  const host = { defaultAppRoot: '/opt/show', hostname: 'h', totalMemoryBytes: 15.7 * 2 ** 30 };
  const site = siteFrom({ NAVIGATOR_PORT: '8080' }, host, null);

  it('are its paths, its port and the size of its memory in navigator.yml', () => {
    const navigator = navigatorOf(NOTHING, site);
    expect(navigator.server).toMatchObject({
      listen: 8080,
      cgi_scripts: [{ script: '/opt/show/cgi-bin/update_config', env: { RAILS_DB_VOLUME: '/opt/show/db' } }],
    });
    expect(navigator.applications.pools.max_size).toBe(6 + 15);
  });

  it('are the command of its ready hook, which updates, in the maintenance configuration', () => {
    const maintenance = parse(generateMaintenance(site).content);
    expect(maintenance.hooks).toEqual({
      server: {
        ready: [
          {
            command: '/opt/show/cgi-bin/update_config',
            args: ['--boot'],
            timeout: '5m',
            reload_config: 'config/navigator.yml',
          },
        ],
      },
    });
    expect(maintenance.server.cgi_scripts[0].env['RAILS_DB_VOLUME']).toBe('/opt/show/db');
  });

  it('are the volume of production in a container’s maintenance configuration, unless another is named', () => {
    const volume = (env: Record<string, string>) =>
      parse(generateMaintenance(siteFrom(env, host, null)).content).server.cgi_scripts[0].env[
        'RAILS_DB_VOLUME'
      ];
    expect(volume({ KAMAL_CONTAINER_NAME: 'c' })).toBe('/data/db');
    expect(volume({ KAMAL_CONTAINER_NAME: 'c', RAILS_DB_VOLUME: '/mnt/db' })).toBe('/mnt/db');
  });
});
