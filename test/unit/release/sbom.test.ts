import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, vi } from 'vitest';
import { licensedPackages } from '../../../dev/build/licenses.mjs';
import { renderBom } from '../../../dev/release/sbom.ts';
import { ROOT } from '../../support/machine/machine.ts';

interface Bom {
  readonly components: { name: string; version: string; licenses: unknown[]; hashes?: { alg: string }[] }[];
  readonly dependencies: { ref: string; dependsOn: string[] }[];
  readonly [field: string]: unknown;
}

const licenses = ['cgi-bin', 'scripts'].map((folder) =>
  readFileSync(join(ROOT, folder, 'THIRD_PARTY_LICENSES'), 'utf8'),
);
const commit = { id: 'c'.repeat(40), time: 1_780_000_000, version: '1.2.3', changed: [] };
const text = renderBom(ROOT, commit, licenses);
const { components, dependencies, ...facts } = JSON.parse(text) as Bom;

it('a bill of materials names the packages whose licenses go with the executables, and SQLite, and no other', () => {
  const named = new Set(licenses.flatMap(licensedPackages).map(({ name, version }) => `${name} ${version}`));
  const ours = components.map(({ name, version }) => `${name} ${version}`);
  expect(ours.filter((name) => !name.startsWith('sqlite ')).sort()).toEqual([...named].sort());
  expect(ours).toContainEqual(expect.stringMatching(/^sqlite 3\.\d+\.\d+$/));
  for (const { name, licenses, hashes } of components) {
    expect(licenses, name).toHaveLength(1);
    if (name !== 'sqlite') expect(hashes, name).toMatchObject([{ alg: 'SHA-512' }]);
  }
});

it('a bill of materials leads from the application to each component, and nowhere else', () => {
  const next = new Map(dependencies.map(({ ref, dependsOn }) => [ref, dependsOn]));
  const reached = new Set(['showcase-config@1.2.3']);
  for (const ref of reached) for (const other of next.get(ref) ?? []) reached.add(other);
  const all = components.map(({ name, version }) => `${name}@${version}`);
  expect([...reached].sort()).toEqual(['showcase-config@1.2.3', ...all].sort());
});

it('a bill of materials is the same where NODE_ENV is set for production', () => {
  vi.stubEnv('NODE_ENV', 'production');
  const other = renderBom(ROOT, commit, licenses);
  vi.unstubAllEnvs();
  expect(other).toBe(text);
});

it('a bill of materials says nothing of when and where it was made', () => {
  expect(facts).toMatchObject({
    bomFormat: 'CycloneDX',
    metadata: {
      timestamp: '2026-05-28T20:26:40.000Z',
      component: { version: '1.2.3', properties: [{ value: commit.id }] },
    },
  });
  expect(facts).not.toHaveProperty('serialNumber');
  expect(text).not.toContain(ROOT);
  expect(renderBom(ROOT, commit, licenses.toReversed())).toBe(text);
});

it('a bill of materials is refused of a package that package-lock.json does not have', () => {
  const stranger = `head\n${'-'.repeat(78)}\nstranger 1.0.0 (MIT)\n\ntext\n`;
  expect(() => renderBom(ROOT, commit, [stranger])).toThrow('does not have stranger@1.0.0');
});
