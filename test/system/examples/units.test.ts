/** The units of examples/systemd, as systemd itself reads and judges them. */
import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ROOT } from '../../support/machine/machine.ts';

const EXAMPLES = join(ROOT, 'examples/systemd');
const UNITS = readdirSync(EXAMPLES).filter((name) => /\.(?:service|timer)$/.test(name));
const SERVICES = UNITS.filter((unit) => unit.endsWith('.service'));
const textOf = (unit: string): string => readFileSync(join(EXAMPLES, unit), 'utf8');

/** A host with nothing but systemd's own units, ours, and the programs that they start. */
let host: string;
beforeAll(() => {
  host = mkdtempSync(join(tmpdir(), 'units-'));
  cpSync('/usr/lib/systemd/system', join(host, 'usr/lib/systemd/system'), {
    recursive: true,
    verbatimSymlinks: true,
  });
  mkdirSync(join(host, 'etc/systemd/system'), { recursive: true });
  mkdirSync(join(host, 'rails/scripts'), { recursive: true });
  for (const unit of UNITS) cpSync(join(EXAMPLES, unit), join(host, 'etc/systemd/system', unit));
  for (const program of programs()) writeFileSync(join(host, 'rails', program), '', { mode: 0o755 });
});
afterAll(() => rmSync(host, { recursive: true }));

/** What units start, below the app root. */
const programs = (): string[] =>
  UNITS.flatMap((unit) =>
    [...textOf(unit).matchAll(/^Exec\w+=\/rails\/(\S+)/gm)].map(([, path = '']) => path),
  );

function analyze(...args: readonly string[]): { status: number | null; said: string } {
  const { status, stdout, stderr } = spawnSync('systemd-analyze', [...args, `--root=${host}`], {
    encoding: 'utf8',
  });
  return { status, said: stdout + stderr };
}

it('there are a server, and a check with its timer, and each starts a program that is built', () => {
  expect(UNITS).toEqual(
    expect.arrayContaining(['showcase-verify.service', 'showcase-verify.timer', 'showcase-web.service']),
  );
  expect(programs().filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
});

it.each(SERVICES)('%s reads the settings that scripts/onboard writes, and asks the Machines API', (unit) => {
  const settings = [...textOf(unit).matchAll(/^EnvironmentFile=-(.+)$/gm)].map(([, path]) => path);
  expect(settings).toEqual(['/rails/config/showcase.env', '/etc/showcase-web.env']);
  expect(textOf(unit)).toMatch(/^Environment=FLEET_FLY_SOURCE=api$/m);
});

it.each(SERVICES)('%s may write where docs/MONITORING.md puts METRICS_DIR, if that is there', (unit) => {
  const monitoring = readFileSync(join(ROOT, 'docs/MONITORING.md'), 'utf8');
  const [, directory] = /textfile\.directory`; Debian: `(\S+)`/.exec(monitoring) ?? [];
  expect(textOf(unit)).toContain(`\nReadWritePaths=/data/db /data/log -${directory}\n`);
});

it.each(UNITS)('systemd has nothing to say about %s', (unit) => {
  expect(analyze('verify', unit)).toEqual({ status: 0, said: '' });
});

it('systemd would say where a unit has a directive that it does not know', () => {
  const spoiled = textOf('showcase-web.service').replace('ProtectSystem=', 'ProtectSystm=');
  writeFileSync(join(host, 'etc/systemd/system/spoiled.service'), spoiled);
  expect(analyze('verify', 'spoiled.service').said).toContain('ProtectSystm');
});

// Ten is no protection at all. Node compiles what it runs, and these programs need the network: the rest.
it.each(SERVICES)('%s is exposed by 2 of 10 at most', (unit) => {
  expect(analyze('security', '--offline=true', '--threshold=20', unit)).toMatchObject({ status: 0 });
});
