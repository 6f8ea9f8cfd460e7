import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { buildIndex, HASH, SOUND, TYPELESS } from '../../support/indexes/indexes.ts';
import { LATER, useMachine } from '../../support/machine/use-machine.ts';
import { useSource } from '../../support/machine/use-source.ts';
import { readByRuby } from '../../support/system/ruby.ts';

useSource();
const here = useMachine({ FLY_APP_NAME: 'smooth', FLY_REGION: 'iad', FLY_MACHINE_ID: 'd8912' });
const ADMINISTRATOR = { env: { HTTP_AUTHORIZATION: 'Bearer of-some-length' } };

interface Place {
  name: string;
  lat: number | null;
  lon: number | null;
  region?: string | null;
}
interface MapFile {
  regions: Record<string, Place>;
  studios: Record<string, Place>;
}

/** Publishes an index whose cells stay what they are written as, and updates from it as an administrator. */
async function update(tables: Parameters<typeof buildIndex>[0]) {
  await here.published.publish(buildIndex(tables, TYPELESS), LATER);
  here.machine.env = { ...here.machine.env, UPDATE_CONFIG_TOKEN: 'of-some-length' };
  const answer = await here.machine.post('', ADMINISTRATOR);
  expect(answer).toMatchObject({ status: 200, result: { outcome: 'updated' } });
  return answer;
}

describe('a bad value that is optional does not take anything offline,', () => {
  const chicago = { key: 'chicago', name: 'Chicago', latitude: 41.9, longitude: -87.6, region: 'ord' };
  const kobe = { id: 42, key: 'kobe', name: 'Kobe', latitude: 135.2, longitude: 34.7, region: 'iad' };
  const ord = { type: 'fly', code: 'ord', location: 'Chicago, Illinois (US)', latitude: 41.9 };
  const tables = (longitude: number | string) => ({
    regions: [...SOUND.regions, { ...ord, longitude }],
    locations: [...SOUND.locations, chicago, kobe],
    showcases: [
      ...SOUND.showcases,
      { year: 2026, key: 'showcase', name: 'Showcase', order: '', location_id: 2 },
      { year: 2026, key: 'showcase', name: 'Showcase', date: 'Spring', order: 1, location_id: 42 },
    ],
  });

  it('such as the coordinates of a region: its events stay in it, and only its point is gone', async () => {
    here.machine.isFromSource = false;
    await update(tables(-87.6));
    const before = here.machine.read('navigator.yml');
    const whole = parse(here.machine.read('map.yml')) as MapFile;
    for (const longitude of [272.4, '', '-87,6']) {
      await here.machine.post();
      await update(tables(longitude));
      expect(here.machine.read('navigator.yml')).toBe(before);
      const map = parse(here.machine.read('map.yml')) as MapFile;
      // Null, as production writes a region without coordinates: its readers ask every deployed region for its name.
      expect(map.regions['ord']).toEqual({ name: 'Chicago, Illinois (US)', lat: null, lon: null });
      expect(map.studios).toEqual(whole.studios);
    }
    expect(before).toContain('/regions/ord/');
    expect(before).not.toContain('2026-chicago');
  });

  it('such as the coordinates of a studio, or an order; and warnings name the rows in words', async () => {
    const { body, stderr, result } = await update(tables(-87.6));
    const map = parse(here.machine.read('map.yml')) as MapFile;
    expect(map.studios['kobe']).toEqual({ name: 'Kobe', lat: null, lon: null, region: 'iad' });
    expect(here.machine.read('tenants.list')).toContain('/2026-kobe.sqlite3\n');
    expect(here.machine.read('showcases.yml')).toContain('    :date: Spring\n');
    const told = [
      'studio kobe (locations 42): latitude 135.2 and longitude 34.7 look swapped: ' +
        'it counts as without a place, on no map and near to nothing',
      'event 2026/chicago/showcase (showcases 2): order "" is not a number, read as none',
      'event 2026/kobe/showcase (showcases 3): date "Spring" cannot be read: pages show it, after those that can',
    ];
    for (const line of told) {
      expect(body).toContain(`] Warning: ${line}\n`);
      expect(stderr).toContain(JSON.stringify(line).slice(1, -1));
    }
    expect(result.warnings.map(({ row, reason }) => `${row}: ${reason}`)).toEqual(told);
    const anybody = await here.machine.post();
    expect(anybody.body).not.toMatch(/kobe|chicago/);
    expect((await here.machine.run(['--warnings'])).stdout).toBe(`${told.join('\n')}\n`);
  });
});

describe('extra white space', () => {
  it('after an htpasswd line is dropped, and within one keeps its user out', async () => {
    const users = ['\n', '\r\n', ' \t', ''].map((end, at) => ({
      userid: `u${at}`,
      password: `u${at}:${HASH}${end}`,
    }));
    const broken = { userid: 'eve', password: `eve:${HASH.slice(0, 20)}\n${HASH.slice(20)}` };
    const { result } = await update({ users: [...SOUND.users, ...users, broken] });
    expect(here.machine.read('htpasswd').split('\n')).toEqual(
      ['ada', 'u0', 'u1', 'u2', 'u3'].map((userid) => `${userid}:${HASH}`),
    );
    expect(result.warnings).toMatchObject([
      { row: 'user eve (users 6)', reason: 'password is more than one line; left out' },
    ]);
  });

  it('in names stays as it is wherever a name is exported, for Ruby and for Navigator', async () => {
    const names = ['two\nlines', 'Windows\r\nlines\r\n', '\ttabs\t', 'a\u2028b\u2029c\u0085d', '  spaces  '];
    const locations = names.map((name, at) => ({ id: at + 1, key: `s${at}`, name }));
    const showcases = names.flatMap((name, at) => [
      { year: 2026, key: 'a', name, date: 'May 1\n2026', order: 1, location_id: at + 1 },
      { year: 2026, key: 'b', name, order: 2, location_id: at + 1 },
    ]);
    const { result } = await update({
      regions: [{ ...SOUND.regions[0], location: 'Ash\nburn' }],
      locations,
      showcases,
    });
    expect(result.warnings).toEqual([]);
    const [map, years, navigator] = readByRuby(
      (['map.yml', 'showcases.yml', 'navigator.yml'] as const).map((name) => here.machine.read(name)),
    ) as [MapFile, Years, { applications: { tenants: { env?: Record<string, string> }[] } }];
    expect(map.regions['iad']?.name).toBe('Ash\nburn');
    const owners = navigator.applications.tenants.map(({ env }) => env?.['RAILS_APP_OWNER']);
    for (const [at, name] of names.entries()) {
      expect(map.studios[`s${at}`]?.name).toBe(name);
      const studio = years['Integer 2026']?.[`s${at}`];
      expect(studio?.['Symbol name']).toBe(name);
      expect(studio?.['Symbol events']['a']).toEqual({ 'Symbol name': name, 'Symbol date': 'May 1\n2026' });
      expect(owners.filter((owner) => owner === name)).toHaveLength(2);
    }
  });
});

type Years = Record<
  string,
  Record<string, { 'Symbol name': string; 'Symbol events': Record<string, Record<string, string>> }>
>;
