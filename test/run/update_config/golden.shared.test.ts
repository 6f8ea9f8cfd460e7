import { copyFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { masked, withoutColons } from '../../support/machine/golden.ts';
import { Machine, ROOT } from '../../support/machine/machine.ts';
import { shared } from '../../support/suite/shared.ts';

const CASES = ['fly-iad', 'fly-syd', 'kamal', 'local'] as const;

interface Golden {
  readonly env: Record<string, string>;
  readonly map: object;
  readonly showcases: unknown;
  readonly navigator: unknown;
  readonly maintenance: unknown;
  readonly tenants: readonly string[];
}

/** What the built executables write for production's own index, against what it expects. */
describe.each(CASES)('the whole executable, as %s', (name) => {
  const golden = JSON.parse(readFileSync(join(shared ?? '', `golden/${name}.json`), 'utf8')) as Golden;
  const machine = new Machine(golden.env);
  afterAll(() => machine.remove());
  copyFileSync(join(shared ?? '', 'data/index.sqlite3'), machine.path('index.sqlite3'));
  const done = Promise.all([
    machine.post(),
    machine.run([], { executable: join(ROOT, 'scripts/maintenance-config') }),
  ]);

  /** A generated file as it would be in production. */
  const text = (path: string): string =>
    readFileSync(path, 'utf8').replaceAll(machine.appRoot, '/rails').replaceAll(machine.dbDir, '/data/db');

  it('succeeds without a warning', async () => {
    const [update, maintenance] = await done;
    expect(update.result).toMatchObject({ outcome: 'updated', reload: true, warningCount: 0 });
    expect({ status: update.status, exit: update.exitCode }).toEqual({ status: 200, exit: 0 });
    expect(maintenance.exitCode, maintenance.stdout).toBe(0);
  });

  it('writes the golden navigator.yml', async () => {
    await done;
    const found = masked(parse(text(machine.path('navigator.yml'))));
    expect(found).toEqual(masked(golden.navigator));
  });

  it('writes the golden navigator-maintenance.yml', async () => {
    await done;
    const path = join(machine.appRoot, 'config/navigator-maintenance.yml');
    // Built in the image, where the app root is the production one whatever the machine.
    expect(masked(parse(text(path)))).toEqual(masked(golden.maintenance));
  });

  it('writes the golden map.yml, showcases.yml and tenants.list', async () => {
    await done;
    expect(parse(text(machine.path('map.yml')))).toMatchObject(golden.map);
    expect(withoutColons(parse(text(machine.path('showcases.yml'))))).toEqual(golden.showcases);
    expect(text(machine.path('tenants.list')).trimEnd().split('\n')).toEqual(golden.tenants);
  });
});
