import { describe, expect, it } from 'vitest';
import { checkFiles, checkMaintenance } from '../../../src/check/rules.ts';
import { generate, generateMaintenance } from '../../../src/generate/generate.ts';
import { broken, fly, index, replace } from '../../support/check/broken.ts';
import { NOTHING, user } from '../../support/indexes/invented-index.ts';
import { MACHINE_KINDS, siteOf, WEB_KINDS, webSiteOf } from '../../support/machine/site.ts';

describe('the generated configuration', () => {
  it.each(MACHINE_KINDS)('keeps every rule on %s', async (kind) => {
    const site = siteOf(kind);
    const files = generate(index, site);
    expect(await checkFiles(files, { index, site })).toEqual([]);
    expect(await checkMaintenance([generateMaintenance(site)], site)).toEqual([]);
  });

  it.each(WEB_KINDS)('keeps every rule on %s with the web part', async (kind) => {
    const site = webSiteOf(kind);
    expect(await checkFiles(generate(index, site), { index, site })).toEqual([]);
  });

  it.each(MACHINE_KINDS)('keeps every rule on %s when there are no events and no regions', async (kind) => {
    const site = siteOf(kind);
    const users = [user('zoe')];
    const empty = { ...NOTHING, users };
    expect(await checkFiles(generate(empty, site), { index: empty, site })).toEqual([]);
  });

  const tried = new Set<string>();
  it.each([
    ['a machine without the web part', siteOf('fly-syd')],
    ['the host that runs the web part', webSiteOf('local')],
  ])(
    'of %s break a rule as soon as any line of any file is left out, stands twice, or is the last one',
    async (_, site) => {
      const files = generate(index, site);
      const unseen: string[] = [];
      // The rules of files that both have alike ask the index, never the site.
      for (const file of files.filter(({ content }) => !tried.has(content))) {
        tried.add(file.content);
        const lines = file.content.split(/(?<=\n)/);
        for (const [number, line] of lines.entries()) {
          const [before, after] = [lines.slice(0, number), lines.slice(number + 1)];
          for (const kept of [[...before, ...after], [...before, line, line, ...after], before]) {
            const changed = { ...file, content: kept.join('') };
            const violations = await checkFiles(
              files.map((each) => (each === file ? changed : each)),
              { index, site },
            );
            if (violations.length === 0) unseen.push(`${file.kind}: ${line}`);
          }
        }
      }
      expect(unseen).toEqual([]);
    },
  );
});

describe('htpasswd', () => {
  it.each([
    ['is empty', () => '', 'htpasswd-lines'],
    ['has an empty line', replace('\n', '\n\n'), 'htpasswd-lines'],
    ['has CRLF', replace('\n', '\r\n'), 'htpasswd-lines'],
    ['has a NUL', replace('Ann:', 'Ann\0:'), 'plain-text'],
    ['has an empty hash', (text: string) => `${text}\neve:`, 'htpasswd-lines'],
    ['has a clear-text password', (text: string) => `${text}\neve:secret`, 'htpasswd-lines'],
    ['has a line without a colon', (text: string) => `${text}\neve`, 'htpasswd-lines'],
    [
      'has a user twice',
      (text: string) => `${text}\nAnn:{SHA}W6ph5Mm5Pz8GgiULbPgzG37mj9g=`,
      'htpasswd-users',
    ],
    [
      'has somebody whom the index does not have',
      (text: string) => `${text}\nzzz:{SHA}W6ph5Mm5Pz8GgiULbPgzG37mj9g=`,
      'htpasswd-index',
    ],
    ['lacks somebody', replace(/^.*\n/, ''), 'htpasswd-index'],
    ['is in another order', (text: string) => text.split('\n').reverse().join('\n'), 'htpasswd-index'],
  ])('that %s is refused', async (_, change, rule) => {
    expect(await broken('htpasswd', change)).toContain(rule);
  });

  it('never shows a hash in a message', async () => {
    const files = generate(index, fly).map((file) =>
      file.kind === 'htpasswd' ? { ...file, content: file.content.replaceAll(':', '::') } : file,
    );
    const said = JSON.stringify(await checkFiles(files, { index, site: fly }));
    expect(said).toContain('htpasswd-lines');
    for (const { htpasswdLine } of index.users) {
      if (htpasswdLine !== null) expect(said).not.toContain(htpasswdLine.split(':')[1]);
    }
  });
});

describe('the exported files', () => {
  it.each([
    ['map', 'has a region twice', replace(/(?=\n {2}iad:)/, '\n  iad: {}'), 'yaml'],
    ['map', 'lacks a region', replace(/\n {2}iad:(?:\n {4}.*)+/, ''), 'map-complete'],
    ['map', 'lacks its studios', replace(/\nstudios:\n[\s\S]*$/, '\n'), 'map-complete'],
    ['map', 'has a wrong place', replace('map: eu', 'map: us'), 'map-complete'],
    [
      'map',
      'has a region for a studio that the index does not',
      replace('region: fra', 'region: lhr'),
      'map-complete',
    ],
    [
      'map',
      'is not in order',
      replace(/(\n {2}fra:(?:\n {4}.*)+)(\n {2}iad:(?:\n {4}.*)+)/, '$2$1'),
      'map-complete',
    ],
    [
      'showcases',
      'has a symbol quoted',
      replace(':name: "10th Street"', '":nam": "10th Street"'),
      'showcases-complete',
    ],
    ['showcases', 'lacks a year', replace(/2022:\n[\s\S]*$/, ''), 'showcases-complete'],
    ['showcases', 'has years as texts', replace('2022:', '"2022":'), 'showcases-complete'],
    [
      'showcases',
      'has another name for an event',
      replace('Spring & Ball', 'Spring Ball'),
      'showcases-complete',
    ],
    [
      'showcases',
      'has a list for a single event',
      replace(':date: "2026-12-07"', ':events: {}'),
      'showcases-complete',
    ],
    ['tenants', 'lacks a line', replace(/.*\n/, ''), 'tenants-list'],
    ['tenants', 'is elsewhere', replace('/data/db/index', '/data/index'), 'tenants-list'],
    ['tenants', 'has CRLF', replace(/\n/g, '\r\n'), 'plain-text'],
  ] as const)('are refused if %s %s', async (kind, _, change, rule) => {
    expect(await broken(kind, change)).toContain(rule);
  });
});

describe('the check of all rules', () => {
  it('reports every violation in all files', async () => {
    const files = generate(index, fly).map((file) => ({ ...file, content: `${file.content}\0` }));
    const violations = await checkFiles(files, { index, site: fly });
    for (const { path } of files) {
      expect(violations).toContainEqual(expect.objectContaining({ rule: 'plain-text', file: path }));
    }
  });

  it('limits the number of repeated violations', async () => {
    const other = { ...index, years: index.years.map((year) => ({ ...year, year: year.year + 1 })) };
    const violations = await checkFiles(generate(index, fly), { index: other, site: fly });
    const tenants = violations.filter(({ rule }) => rule === 'tenants-complete');
    expect(tenants.length).toBeGreaterThan(3);
    expect(tenants.length).toBeLessThanOrEqual(11);
  });
});
