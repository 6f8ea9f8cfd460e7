/** The software bill of materials of a release, in CycloneDX's JSON. */
import { execFileSync } from 'node:child_process';
import { openDatabase } from '../../src/database/sqlite.ts';
import { licensedPackages } from '../build/licenses.mjs';
import type { Commit } from './commit.ts';

interface Component {
  readonly 'bom-ref': string;
  readonly name: string;
  readonly version: string;
  readonly description?: string;
  readonly licenses?: readonly unknown[];
  readonly [field: string]: unknown;
}

interface Dependency {
  readonly ref: string;
  readonly dependsOn?: readonly string[];
}

interface Bom {
  readonly components: readonly Component[];
  readonly dependencies: readonly Dependency[];
  readonly metadata: { readonly component: Component };
  readonly [field: string]: unknown;
}

/**
 * `npm sbom` says it of package-lock.json, of which most never gets into a bundle. What does is named by the licenses that
 * go with the executables. SQLite is within better-sqlite3's addon. Nothing here depends on when and where
 * this is run, nor on settings such as NODE_ENV, by which npm would leave out what developing needs.
 *
 * @param licenses texts of the THIRD_PARTY_LICENSES files
 */
export function renderBom(root: string, commit: Commit, licenses: readonly string[]): string {
  const options = { cwd: root, encoding: 'utf8', maxBuffer: 2 ** 26 } as const;
  const args = [
    'sbom',
    '--sbom-format=cyclonedx',
    '--package-lock-only',
    '--include=dev',
    '--loglevel=error',
    '--logs-max=0',
  ];
  const whole = JSON.parse(execFileSync('npm', args, options)) as Bom;
  const wanted = new Set(licenses.flatMap(licensedPackages).map(({ name, version }) => `${name}@${version}`));
  const sqlite = sqliteComponent();
  const packages = whole.components.filter(({ name, version }) => wanted.delete(`${name}@${version}`));
  if (wanted.size > 0) throw new Error(`package-lock.json does not have ${[...wanted].join(', ')}`);
  const components = [...packages.map(shipped), sqlite].sort((a, b) => order(a['bom-ref'], b['bom-ref']));
  const { description, licenses: license } = whole.metadata.component;
  const self = `showcase-config@${commit.version}`;
  const document = {
    $schema: whole['$schema'],
    bomFormat: 'CycloneDX',
    specVersion: whole['specVersion'],
    version: 1,
    metadata: {
      timestamp: new Date(commit.time * 1000).toISOString(),
      lifecycles: [{ phase: 'build' }],
      component: {
        'bom-ref': self,
        type: 'application',
        name: 'showcase-config',
        version: commit.version,
        description,
        licenses: license,
        purl: `pkg:npm/${self.replace('+', '%2B')}`,
        properties: [{ name: 'showcase-config:commit', value: commit.id }],
      },
    },
    components,
    dependencies: dependenciesOf(whole, components, self, sqlite['bom-ref']),
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}

/** A package as part of what is shipped: for npm it is one that developing needs, since everything is bundled. */
function shipped({ properties: _, externalReferences: __, ...facts }: Component): Component {
  return { ...facts, scope: 'required' };
}

function sqliteComponent(): Component {
  const db = openDatabase(':memory:');
  const version = String(db.prepare('SELECT sqlite_version()').pluck().get());
  db.close();
  return {
    'bom-ref': `sqlite@${version}`,
    type: 'library',
    name: 'sqlite',
    version,
    scope: 'required',
    purl: `pkg:generic/sqlite@${version}`,
    licenses: [{ license: { id: 'blessing' } }],
  };
}

/** What leads to what among the components; the application to all that nothing else leads to. */
function dependenciesOf(
  { dependencies }: Bom,
  components: readonly Component[],
  self: string,
  sqlite: string,
): Dependency[] {
  const refs = new Set(components.map((component) => component['bom-ref']));
  const of = new Map(dependencies.map(({ ref, dependsOn = [] }) => [ref, dependsOn]));
  const among = [...refs].map((ref) => {
    const more = ref.startsWith('better-sqlite3@') ? [sqlite] : [];
    const dependsOn = [...(of.get(ref) ?? []), ...more].filter((each) => refs.has(each));
    return { ref, dependsOn: dependsOn.sort(order) };
  });
  const reached = new Set(among.flatMap(({ dependsOn }) => dependsOn));
  return [{ ref: self, dependsOn: [...refs].filter((ref) => !reached.has(ref)).sort(order) }, ...among];
}

function order(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
