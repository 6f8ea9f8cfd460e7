import { describe, expect, it } from 'vitest';
import { type DataMapping, mappingAt, merge } from '../../../src/site/data.ts';
import { fillMapping, findPlaceholder, PLACEHOLDERS } from '../../../src/site/placeholders.ts';
import { OVERRIDES, type Schema } from '../../../src/site/schema.ts';
import { maintenancePart, navigatorPart } from '../../../src/site/static.ts';
import { MACHINE_KINDS, siteOf, WEB_KINDS, webSiteOf } from '../../support/machine/site.ts';

describe('the merge of two mappings', () => {
  it('merges mappings, replaces lists and scalars, and keeps the order below', () => {
    const base = { a: { x: 1, y: [1, 2] }, b: 'text', c: [{ k: 1 }] };
    const merged = merge(base, { d: 4, c: [], a: { y: [3], z: null } });
    expect(merged).toEqual({ a: { x: 1, y: [3], z: null }, b: 'text', c: [], d: 4 });
    expect(Object.keys(merged)).toEqual(['a', 'b', 'c', 'd']);
    expect(base).toEqual({ a: { x: 1, y: [1, 2] }, b: 'text', c: [{ k: 1 }] });
  });

  it('treats __proto__ as a key like any other', () => {
    const merged = merge({ a: 1 }, JSON.parse('{"__proto__": {"polluted": true}}'));
    expect(Object.keys(merged)).toEqual(['a', '__proto__']);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });
});

describe('a placeholder', () => {
  const values = {
    root: '/r',
    app_root: '/a',
    db_dir: '{{root}}$&',
    storage: '/s',
    app_name: 'n',
    region: 'g',
    web: 'w',
    web_listen: 'l',
  };

  it('is filled in once, whatever its value; foreign ones stay', () => {
    const filled = fillMapping(
      { list: ['{{db_dir}}/x', { a: '$\u007bport} {{root}}{{region}}' }], app: '{{app}} {{ root }}' },
      { ...values, port: 1, pool_size: 2 },
    );
    expect(filled).toEqual({ list: ['{{root}}$&/x', { a: '$\u007bport} /rg' }], app: '{{app}} {{ root }}' });
  });

  it('takes the type of its value if it stands alone', () => {
    expect(fillMapping({ a: '{{port}}', b: ':{{port}}' }, { ...values, port: 1, pool_size: 2 })).toEqual({
      a: 1,
      b: ':1',
    });
  });

  it('is not left over in any part of any machine', () => {
    for (const kind of MACHINE_KINDS) {
      for (const part of [navigatorPart(siteOf(kind)), maintenancePart(siteOf(kind))]) {
        expect(findPlaceholder(JSON.stringify(part.config))).toBe(null);
        expect(JSON.stringify(part.config)).not.toContain('{{');
      }
    }
    for (const kind of WEB_KINDS)
      expect(JSON.stringify(navigatorPart(webSiteOf(kind)).config)).not.toContain('{{');
    expect(PLACEHOLDERS).toHaveLength(10);
  });
});

describe('an override', () => {
  const overrides: DataMapping = {
    server: {
      listen: 3000,
      root_path: '/dance',
      trust_proxy: true,
      static: { try_files: ['x.html'] },
      hostname: 'h.example',
    },
    logging: { vector: { enabled: true } },
  };

  it('is merged into the static part, and moves everything under the root path', () => {
    const { config, root } = navigatorPart(siteOf('local', overrides));
    expect(root).toBe('/dance');
    expect(config['server']).toMatchObject({
      listen: 3000,
      trust_proxy: true,
      static: { try_files: ['x.html'], public_dir: '/rails/public' },
      cgi_scripts: [{ path: '/dance/update_config' }],
    });
    expect(config['logging']).toEqual({ format: 'json', vector: { enabled: true } });
    expect(mappingAt(config, 'auth')['public_paths']).toContain('/dance/update_config');
    expect(mappingAt(mappingAt(config, 'applications'), 'env')).toMatchObject({
      RAILS_RELATIVE_URL_ROOT: '/dance',
      TURBO_CABLE_BROADCAST_URL: 'http://localhost:3000/_broadcast',
    });
  });

  it('applies to the maintenance page only where it says how the site is reached', () => {
    const { config } = maintenancePart(
      siteOf('fly-iad', {
        ...overrides,
        server: { ...mappingAt(overrides, 'server'), idle: { action: 'stop' } },
      }),
    );
    expect(config['server']).toMatchObject({
      listen: 3000,
      trust_proxy: true,
      hostname: 'h.example',
      root_path: '/dance',
    });
    expect(config['server']).not.toHaveProperty('idle');
    expect(config['logging']).toEqual({ format: 'text' });
  });

  it('may have every key of the static part, except derived ones', () => {
    for (const kind of MACHINE_KINDS)
      expect(unknownKeys(navigatorPart(siteOf(kind)).config, OVERRIDES, '')).toEqual([]);
    for (const kind of WEB_KINDS)
      expect(unknownKeys(navigatorPart(webSiteOf(kind)).config, OVERRIDES, '')).toEqual([]);
  });

  it('has a lower priority than NAVIGATOR_PORT', () => {
    const { config } = navigatorPart({ ...siteOf('local', overrides), listenPort: 8080 });
    expect(mappingAt(config, 'server')['listen']).toBe(8080);
  });
});

/** Dotted keys of `config` that the schema does not know. */
function unknownKeys(config: DataMapping, fields: Readonly<Record<string, Schema>>, base: string): string[] {
  return Object.entries(config).flatMap(([key, value]) => {
    const schema = fields[key];
    if (!schema) return [`${base}${key}`];
    return schema.kind === 'record' ? unknownKeys(value as DataMapping, schema.fields, `${base}${key}.`) : [];
  });
}
