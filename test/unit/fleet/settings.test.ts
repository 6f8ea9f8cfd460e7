import { describe, expect, it } from 'vitest';
import { fleetSecretsOf, readFleetSettings } from '../../../src/fleet/fleet-settings.ts';
import {
  createTarget,
  createTargets,
  TARGET_NAMES,
  targetsWithStore,
} from '../../../src/fleet/targets/all-targets.ts';
import { machine } from '../../support/fleet/fleet.ts';
import { failureOf } from '../../support/suite/failure.ts';

describe('the settings of the fleet', () => {
  it('have the values of production', () => {
    const { fly, kamal, ...rest } = readFleetSettings({});
    expect(fly).toMatchObject({
      app: 'smooth',
      source: 'auto',
      apiToken: null,
      inside: false,
      dnsServers: [],
    });
    expect(fly.url.href).toBe('https://smooth.fly.dev/showcase/update_config');
    expect(fly.apiUrl.href).toBe('https://api.machines.dev/');
    expect(kamal.url.href).toBe('https://showcase.party/update_config');
    expect(rest).toMatchObject({ concurrency: 100, attempts: 4, timeoutMs: 60_000, deadlineMs: 300_000 });
  });

  it('count an empty variable as unset', () => {
    const names = [
      'FLY_APP',
      'FLY_URL',
      'FLY_SOURCE',
      'KAMAL_URL',
      'CONCURRENCY',
      'ATTEMPTS',
      'TIMEOUT',
      'DNS',
    ];
    const empty = Object.fromEntries(names.map((name) => [`FLEET_${name}`, '']));
    const fly = { FLY_API_TOKEN: '', FLY_API_HOSTNAME: '', FLY_CLI_PATH: '', FLY_APP_NAME: '' };
    expect(readFleetSettings({ ...empty, ...fly })).toEqual(
      expect.objectContaining({ ...readFleetSettings({}), fly: expect.anything() }),
    );
  });

  it('follow the name of the app', () => {
    const named = readFleetSettings({ FLEET_FLY_APP: 'smooth-nav', FLY_APP_NAME: 'smooth' });
    expect(named.fly.url.href).toBe('https://smooth-nav.fly.dev/showcase/update_config');
    expect(readFleetSettings({ FLY_APP_NAME: 'smooth-nav' }).fly).toMatchObject({
      app: 'smooth-nav',
      inside: true,
    });
  });

  it.each([
    ['FLEET_FLY_APP', 'a.b/c'],
    ['FLEET_FLY_URL', 'ftp://a.b/'],
    ['FLEET_FLY_URL', 'https://ann:secret@a.b/'],
    ['FLEET_FLY_URL', 'https://a.b/?force=1'],
    ['FLEET_KAMAL_URL', 'https://'],
    ['FLEET_FLY_SOURCE', 'guess'],
    ['FLEET_CONCURRENCY', '0'],
    ['FLEET_CONCURRENCY', '1e2'],
    ['FLEET_ATTEMPTS', '101'],
    ['FLEET_TIMEOUT', '-1'],
    ['FLEET_DEADLINE', '86401'],
    ['FLY_API_HOSTNAME', 'no url'],
    ['FLY_API_TOKEN', 'secret\r\nX: y'],
  ])('refuse %s=%j by name', async (name, value) => {
    const failure = await failureOf(() => readFleetSettings({ [name]: value }));
    expect(failure).toMatchObject({ code: 'config-invalid', hint: expect.stringMatching(/\.$/) });
    expect(failure.message).toContain(name);
    expect(failure.message).not.toContain('secret');
  });

  it.each([
    [{ FLEET_USER: 'ada:pass:word' }, ['pass:word']],
    [{ FLEET_USER: 'ada' }, []],
    [{ FLY_API_TOKEN: 'named so, and known by that', HOME: '/' }, []],
  ])('list the secret in a variable whose name does not say so: %j', (env, expected) => {
    expect(fleetSecretsOf(env)).toEqual(expected);
  });
});

describe('the table of targets', () => {
  it('has fly and kamal, and no other', async () => {
    expect(TARGET_NAMES).toEqual(['fly', 'kamal']);
    for (const name of ['heroku', 'Fly', '', 'constructor', '__proto__'])
      expect(await failureOf(() => createTarget(name, readFleetSettings({})))).toMatchObject({
        code: 'usage',
      });
  });

  it.each(['fly', 'kamal', 'fly,kamal', 'kamal,fly'])(
    'tells of %s which of them fetch the index, by their own word',
    (list) => {
      const fetching = createTargets(list, readFleetSettings({})).filter(({ pushed }) => !pushed);
      expect(targetsWithStore(list)).toBe(fetching.map(({ name }) => name).join(',') || null);
    },
  );

  it('has fly, which names the machine in a header of every request', () => {
    const fly = createTarget('fly', readFleetSettings({}));
    expect(fly.address(machine('d1'))).toEqual({
      url: new URL('https://smooth.fly.dev/showcase/update_config'),
      headers: { 'Fly-Force-Instance-Id': 'd1' },
    });
  });

  it('has kamal, one server, which is always active and has no header', async () => {
    const kamal = createTarget('kamal', readFleetSettings({}));
    const { active, skipped } = await kamal.list(new AbortController().signal);
    expect({ active, skipped }).toEqual({
      active: [{ id: 'showcase.party', region: null, state: 'started' }],
      skipped: [],
    });
    expect(kamal.address(machine('showcase.party')).headers).toEqual({});
  });
});
