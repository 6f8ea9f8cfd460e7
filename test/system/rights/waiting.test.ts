/** What makes whoever opens a file wait, laid there when it has been looked at already; or held by whoever owns the file. */
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { Alike } from '../../support/rights/alike.ts';
import { Attacker, asApplication, Traps } from '../../support/rights/attackers.ts';
import { expectInstalled, expectUntouched } from '../../support/rights/expect-sound.ts';
import { indexWith, TENANTS } from '../../support/rights/indexes.ts';
import type { Program, SharedMachine } from '../../support/rights/shared-machine.ts';
import type { Vault } from '../../support/rights/vault.ts';

let machine: SharedMachine;
let vault: Vault;

const alike = new Alike(async (machine) => {
  for (const name of TENANTS) machine.tenant(name);
  expect((await machine.post()).status).toBe(200);
});
beforeEach(async () => {
  ({ machine, vault } = await alike.next());
});

/** Seconds: who is blocked for so long is ended. */
const SOON = { UPDATE_CONFIG_LOCK_TIMEOUT: '2', START_DEADLINE: '4' };

/** Whether they do their work, fail or are ended, by themselves they come to an end. */
async function run(times: number, ...programs: readonly Program[]): Promise<void> {
  for (let round = 0; round < times; round++) {
    for (const name of programs) await machine.program(name, { env: SOON, mayBeEnded: true });
  }
}

async function expectMended(): Promise<void> {
  await machine.publish(indexWith('eva'), new Date('2026-01-02T04:00:00Z'));
  const { status, body } = await machine.post();
  expect([status, body]).toEqual([200, expect.stringContaining('RESULT')]);
  expectInstalled(machine, indexWith('eva'));
  expectUntouched(machine, vault);
}

describe('Every program comes to an end by itself, and keeps no lock, while the application exchanges', () => {
  it.each([
    ['beside the index', 'index.sqlite3-journal', 5, ['update_config']],
    ['beside the index', 'index.sqlite3-wal', 1, ['start', 'resume', 'ready']],
    ['beside a tenant’s database', `${TENANTS[0]}.sqlite3-journal`, 2, ['ready', 'idle']],
  ] as const)('a file %s with a pipe (%s)', async (_, name, times, programs) => {
    const path = join(machine.dbDir, name);
    const set = await Traps.set({ path, evil: 'pipe', beside: 'file' });
    await run(times, ...programs);
    await set.stop();
    asApplication('rm -f "$1"*', path);
    await expectMended();
  });

  it('directories that hold files of ours with pipes', async () => {
    const paths = [machine.dbDir, machine.logDir, machine.stateDir];
    const set = await Traps.set(...paths.map((path) => ({ path, evil: 'pipe', beside: 'file' }) as const));
    await run(2, 'update_config', 'ready');
    await set.stop();
    for (const path of paths) {
      asApplication(
        'test -d "$1" || mv "$1".evil "$1".was; test -d "$1".was && rm "$1" && mv "$1".was "$1" || true; rm -rf "$1".evil',
        path,
      );
    }
    await expectMended();
  });
});

/** Takes leases (F_SETLEASE, F_WRLCK) on files of its own, and keeps them when others want to open those. */
const LEASE = `
  use strict; use Fcntl; $SIG{IO} = 'IGNORE'; fcntl(STDIN, F_SETFL, O_NONBLOCK); $| = 1;
  my ($taken, $said, %held, %files) = (0, 0);
  while (1) {
    for my $path (@ARGV) {
      my $file = (stat $path)[1] // next; next if ($held{$path} // 0) == $file;
      sysopen my $open, $path, O_RDONLY | O_NONBLOCK or next; fcntl $open, 1024, 1 or next;
      $held{$path} = $file; $files{$path} = $open; $taken++;
    }
    print "ready\\n" if $taken == @ARGV && !$said++;
    my $got = sysread STDIN, my $byte, 1; last if defined $got && $got == 0;
    select undef, undef, undef, 0.001;
  }
  print $taken;
`;

describe('A lease that the application holds on its own files', () => {
  it('keeps no update from replacing the exports, and no page from being written', async () => {
    const names = ['htpasswd', 'map.yml', 'showcases.yml'].map((name) => join(machine.dbDir, name));
    const attacker = await Attacker.start(LEASE, ...names, join(machine.tmp, 'tenants.list'));
    expect((await machine.program('start')).stdout).not.toContain('internal');
    const { status, body } = await machine.force();
    expect([status, body]).toEqual([200, expect.stringContaining('RESULT')]);
    await attacker.stop();
    await expectMended();
  });

  it('on the index and its log keeps no program from its end', async () => {
    const names = ['index.sqlite3', 'update_config.log'];
    const attacker = await Attacker.start(
      LEASE,
      ...[machine.dbDir, machine.logDir].map((at, n) => join(at, names[n] ?? '')),
    );
    await run(1, 'update_config', 'start');
    await attacker.stop();
    await expectMended();
  });
});
