/** Our processes, while they live as the application: no process of the application's gets at them. */
import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { Attacker, asApplication } from '../../support/rights/attackers.ts';
import { APPLICATION, SharedMachine } from '../../support/rights/shared-machine.ts';
import { startFaultProxy } from '../../support/store/fault-proxy.ts';

let machine: SharedMachine;

beforeEach(async () => {
  machine = await SharedMachine.open();
});
afterEach(() => machine.close());

/** Tries everything on a process, and prints what was allowed. */
const PROBES = `
  for signal in 0 TERM KILL STOP USR1 CONT; do kill -s $signal "$1" 2>/dev/null && echo "signal $signal"; done
  for name in environ maps auxv io stack syscall mem; do head -c 1 "/proc/$1/$name" >/dev/null 2>&1 && echo "$name"; done
  for name in exe cwd root fd/0; do readlink "/proc/$1/$name" >/dev/null && echo "$name"; done
  ls "/proc/$1/fd" >/dev/null 2>&1 && echo fd
  ls "/proc/$1/map_files" >/dev/null 2>&1 && echo map_files
  echo x 2>/dev/null >"/proc/$1/oom_score_adj" && echo oom_score_adj
  prlimit --pid "$1" --nofile=1 2>/dev/null && echo prlimit
  perl -MPOSIX -e 'exit(syscall((uname())[4] eq "aarch64" ? 117 : 101, 16, $ARGV[0], 0, 0) == -1)' "$1" && echo ptrace
  true
`;

it('a request that waits for the store cannot be signalled, traced or looked into by the application', async () => {
  const proxy = await startFaultProxy(machine.env['AWS_ENDPOINT_URL_S3'] ?? '');
  machine.onClose(() => proxy.close());
  let pid = 0;
  let status = '';
  let allowed: string | null = null;
  proxy.plan(() => {
    status = readFileSync(`/proc/${pid}/status`, 'utf8');
    allowed = asApplication(PROBES, String(pid));
    return undefined;
  });
  const answer = await machine.post('', {
    env: { AWS_ENDPOINT_URL_S3: proxy.endpoint },
    onSpawn: (spawned) => {
      pid = spawned;
    },
  });
  expect([answer.status, answer.body, allowed]).toEqual([200, expect.any(String), '']);
  // Real, effective, saved, of the file system.
  expect(/^Uid:.*$/m.exec(status)?.[0]).toBe(`Uid:\t0\t${APPLICATION}\t0\t${APPLICATION}`);
  expect(/^Gid:.*$/m.exec(status)?.[0]).toBe(`Gid:\t0\t${APPLICATION}\t0\t${APPLICATION}`);
  expect(/^Groups:.*$/m.exec(status)?.[0]?.trim()).toBe(`Groups:\t${APPLICATION}`);
});

/** Signals the process that was last named on standard input, and reads what could be read of it, all the time. */
const HARASS = `
  use strict; use Fcntl; fcntl(STDIN, F_SETFL, O_NONBLOCK); $| = 1; print "ready\\n";
  my ($pid, $tries) = (0, 0);
  while (1) {
    select undef, undef, undef, 0.0002;
    my $got = sysread STDIN, my $bytes, 64; last if defined $got && $got == 0;
    ($pid) = $bytes =~ /(\\d+)\\n$/ if $got; next unless $pid && -e "/proc/$pid"; $tries++;
    for my $signal (qw(KILL USR1)) { print "signalled\\n" if kill $signal, $pid }
    for my $name (qw(environ maps auxv)) {
      # Those of a process that has ended can be opened, and are empty.
      open my $file, '<', "/proc/$pid/$name" or next;
      print "read $name\\n" if sysread $file, my $byte, 1;
    }
  }
  print $tries;
`;

it('every program ends as usual while the application signals and traces it all the time', async () => {
  const harasser = await Attacker.start(HARASS);
  const onSpawn = (pid: number) => void harasser.tell(`${pid}\n`);
  const statuses = [await machine.post('', { onSpawn }), await machine.post('state=1', { onSpawn })].map(
    ({ status }) => status,
  );
  const codes: (number | null)[] = [];
  for (const name of ['start', 'ready', 'idle', 'resume', 'sync-databases'] as const) {
    codes.push((await machine.program(name, { onSpawn })).exitCode);
  }
  const tries = await harasser.stop();
  expect([statuses, codes]).toEqual([
    [200, 200],
    [0, 0, 0, 0, 0],
  ]);
  expect(tries).toMatch(/^\d+$/);
  expect(Number(tries)).toBeGreaterThan(100);
});
