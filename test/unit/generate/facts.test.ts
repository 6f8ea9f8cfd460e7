import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { generate } from '../../../src/generate/generate.ts';
import { prerenderPages } from '../../../src/generate/prerender.ts';
import {
  inventedIndex,
  NOTHING,
  single,
  studio,
  user,
  yearOf,
} from '../../support/indexes/invented-index.ts';
import { contentOf, navigatorOf } from '../../support/machine/planned.ts';
import { MACHINE_KINDS, siteOf } from '../../support/machine/site.ts';
import { readByRuby } from '../../support/system/ruby.ts';

describe('the planned files', () => {
  it('come in the order of installation, navigator.yml last, and the hashes are private', () => {
    const files = generate(inventedIndex(), siteOf('fly-iad'));
    expect(files.map(({ kind, path, mode }) => [kind, path, mode])).toEqual([
      ['htpasswd', '/data/db/htpasswd', 0o640],
      ['map', '/data/db/map.yml', 0o644],
      ['showcases', '/data/db/showcases.yml', 0o644],
      ['tenants', '/rails/tmp/tenants.list', 0o644],
      ['navigator', '/rails/config/navigator.yml', 0o644],
    ]);
  });

  it('are the same every time', () => {
    for (const kind of MACHINE_KINDS) {
      expect(generate(inventedIndex(), siteOf(kind))).toEqual(generate(inventedIndex(), siteOf(kind)));
    }
  });
});

describe('an empty index', () => {
  it.each(MACHINE_KINDS)('still gives %s a whole configuration with a login', (kind) => {
    const files = generate(NOTHING, siteOf(kind));
    expect(contentOf(files, 'map')).toBe('regions: {}\nstudios: {}\n');
    expect(contentOf(files, 'showcases')).toBe('{}\n');
    expect(contentOf(files, 'htpasswd')).toBe('');
    const navigator = navigatorOf(NOTHING, siteOf(kind));
    expect(navigator.auth).toMatchObject({ enabled: true, auth_patterns: [{ pattern: '^/$' }] });
    expect(navigator.applications.tenants[0]?.var.database).toBe('index');
    expect(navigator.routes.fly.replay.every((route) => route.app)).toBe(true);
  });

  it('has no pages to prerender', () => {
    const nothing = { regions: [], studios: [], years: [], multiEventStudios: new Map() };
    expect(prerenderPages(NOTHING)).toEqual(nothing);
  });
});

describe('htpasswd', () => {
  it('is sorted by bytes, one line each, without a line end after the last, and without those who cannot log in', () => {
    const users = ['ﬀ', '💃', 'é', 'z', 'A', 'a', 'B'].map((id) => user(id, '{SHA}x'));
    const files = generate({ ...NOTHING, users: [...users, user('nobody', null)] }, siteOf('local'));
    const lines = ['A', 'B', 'a', 'z', 'é', 'ﬀ', '💃'].map((id) => `${id}:{SHA}x`);
    expect(contentOf(files, 'htpasswd')).toBe(lines.join('\n'));
  });
});

describe('map.yml and showcases.yml', () => {
  const files = generate(inventedIndex(), siteOf('local'));

  it('keep the order of the index for keys that look like numbers', () => {
    const studios = contentOf(files, 'map').split('\nstudios:\n')[1] ?? '';
    expect(studios.match(/^ {2}\S+(?=:$)/gm)?.map((key) => key.trim())).toEqual([
      '"10"',
      '"9"',
      'graz',
      'hobart',
      'kyoto',
      'lima',
      `"o'hara+sons"`,
      'unused',
      '"ärzte"',
    ]);
    const years = contentOf(files, 'showcases').match(/^\S+(?=:$)|^ {2}"\d+"(?=:$)/gm);
    expect(years).toEqual(['2026', '  "10"', '  "9"', '2025', '  "10"', '  "9"', '2022']);
  });

  it('are read by Ruby with integer years, symbols and nothing but the texts that went in', () => {
    const [showcases, map] = readByRuby([contentOf(files, 'showcases'), contentOf(files, 'map')]) as [
      Record<string, Record<string, unknown>>,
      { studios: Record<string, { name: unknown }> },
    ];
    expect(Object.keys(showcases)).toEqual(['Integer 2026', 'Integer 2025', 'Integer 2022']);
    expect(showcases['Integer 2026']?.['9']).toEqual({
      'Symbol name': 'on',
      'Symbol region': 'iad',
      'Symbol date': '2026-12-07',
    });
    expect(showcases['Integer 2026']?.['graz']).toEqual({
      'Symbol name': 'Café Zürich 💃',
      'Symbol region': 'fra',
      'Symbol locale': 'de-AT',
      'Symbol events': {
        showcase: { 'Symbol name': 'Event showcase' },
        'a.b_c': { 'Symbol name': 'Null', 'Symbol date': 'null' },
      },
    });
    for (const { key, name } of inventedIndex().studios) expect(map.studios[key]?.name).toBe(name);
  });

  it('give a place on a map to every point in its window, the meridian of Greenwich included', () => {
    const map = parse(contentOf(files, 'map'));
    expect(map.regions.lhr).toMatchObject({ map: 'eu' });
    expect(map.regions.syd).toMatchObject({ map: 'au', x: 535, y: 373 });
    expect(map.studios['9']).toMatchObject({ map: 'us' });
    for (const none of [map.regions.nrt, map.regions['x-1'], map.studios.lima])
      expect(none).not.toHaveProperty('map');
  });
});

describe('the tenants of a machine', () => {
  it('on Fly are those of the own region and of none', () => {
    const { tenants } = navigatorOf(inventedIndex(), siteOf('fly-syd')).applications;
    expect(tenants.map(({ path }) => path)).toEqual([
      '/showcase/',
      '/showcase/regions/syd/demo/',
      '/showcase/2026/hobart/only/',
      "/showcase/2026/o'hara+sons/gala/",
      '/showcase/2025/hobart/',
      "/showcase/2022/o'hara+sons/",
    ]);
  });

  it('outside Fly are all, with and without a demo', () => {
    const events = inventedIndex().years.flatMap(({ studios }) => studios.flatMap((entry) => entry.events));
    for (const [kind, more] of [
      ['kamal', 2],
      ['local', 1],
    ] as const) {
      const { tenants } = navigatorOf(inventedIndex(), siteOf(kind)).applications;
      expect(tenants).toHaveLength(events.length + more);
      expect(new Set(tenants.map(({ path }) => path)).size).toBe(tenants.length);
    }
  });

  it('are listed by their databases, in the same order', () => {
    for (const kind of MACHINE_KINDS) {
      const files = generate(inventedIndex(), siteOf(kind));
      const { tenants } = navigatorOf(inventedIndex(), siteOf(kind)).applications;
      const lines = tenants.map((tenant) => `/data/db/${tenant.var.database}.sqlite3\n`);
      expect(contentOf(files, 'tenants')).toBe(lines.join(''));
    }
  });

  it('carry names unchanged in their own environment, where Navigator expands nothing, save for NUL', () => {
    const name = `$${'{database}'} $HOME \`id\` "\\" 'x'\nRAILS_ENV=test {{root}} \0ü`;
    const years = [yearOf(single(2026, studio('a', { name, locale: 'pt-\0BR', logo: 'lo\0go.gif' })))];
    const { tenants } = navigatorOf({ ...NOTHING, years }, siteOf('local')).applications;
    expect(tenants[1]?.env).toEqual({
      RAILS_APP_OWNER: name.replace('\0', ''),
      RAILS_APP_SCOPE: '2026/a',
      SHOWCASE_LOGO: 'logo.gif',
      RAILS_LOCALE: 'pt_BR',
    });
  });
});
