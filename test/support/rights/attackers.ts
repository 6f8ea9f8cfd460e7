import { type ChildProcessByStdio, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Readable, Writable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { onTestFinished } from 'vitest';
import { APPLICATION } from './shared-machine.ts';

/** Arguments for setpriv, before the command. */
export const AS_APPLICATION = [
  '--reuid',
  `${APPLICATION}`,
  '--regid',
  `${APPLICATION}`,
  '--clear-groups',
  '--',
];

/** Runs a shell script as the application. Throws when it fails. */
export function asApplication(script: string, ...args: string[]): string {
  const command = [...AS_APPLICATION, 'sh', '-euc', script, 'sh', ...args];
  return execFileSync('setpriv', command, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

/** A name that something of ours goes by, and what the application has stand there in turn. */
export interface Trap {
  readonly path: string;
  /** A link that leads there; or a pipe. */
  readonly evil: { readonly link: string } | 'pipe';
  /**
   * What else stands there: `file` is one of the application's, or what our programs have put in its place; `ours` only what
   * they make there, which is moved away again and again; `nothing` leaves the evil thing there all the time.
   */
  readonly beside: 'file' | 'ours' | 'nothing';
}

/**
 * Exchanges the names as fast as it can (renameat2 with RENAME_EXCHANGE), a fifth of the time, until its standard input ends.
 * Whatever our programs do to them, the evil thing is one of the two again some exchanges later.
 */
const EXCHANGE = `
  use strict; use POSIX (); use Fcntl;
  my $call = (POSIX::uname())[4] eq 'aarch64' ? 276 : 316;
  my (@traps, $n); while (@ARGV) { push @traps, [splice @ARGV, 0, 3] }
  sub evil { my ($p, $to) = @_; $to eq '' ? -p $p : (readlink($p) // '') eq $to }
  sub lay {
    my ($path, $to, $beside) = @{$_[0]}; my $other = "$path.evil";
    if ($beside eq 'nothing') { rename $path, "$path.$n" if !evil($path, $to); $other = $path }
    if ($beside eq 'ours' && evil($path, $to)) { rename $other, "$path.$n"; rename $path, $other }
    if ($beside eq 'ours' && evil($other, $to)) { rename $path, "$path.$n" }
    if (!evil($path, $to) && !evil($other, $to)) {
      rename $other, "$path.x$n";
      $to eq '' ? POSIX::mkfifo($other, 0666) : symlink($to, $other);
    }
    if ($beside eq 'file' && !lstat $path) { open my $file, '>>', $path }
  }
  fcntl(STDIN, F_SETFL, O_NONBLOCK); $| = 1; $n = 0;
  lay($_) for @traps; print "ready\n";
  for ($n = 1; ; $n++) {
    for (@traps) { syscall($call, -100, $_->[0], -100, "$_->[0].evil", 2) == 0 or $_->[2] eq 'ours' or lay($_) }
    next if $n % 31;
    lay($_) for @traps;
    # Some four times as long as it has worked: a name that rests is the one thing or the other in turn.
    select undef, undef, undef, 0.0002 * (1 + @traps);
    my $got = sysread STDIN, my $byte, 1; last if defined $got && $got == 0;
  }
  print $n;
`;

/** A perl program of the application's, which says that it has begun and ends when its standard input does. */
export class Attacker {
  readonly #child: ChildProcessByStdio<Writable, Readable, null>;
  readonly #output: Promise<string>;
  readonly #ended: Promise<unknown>;

  private constructor(program: string, args: readonly string[]) {
    // Ahead of the tests that run beside it: whoever waits for his turn attacks nothing.
    const command = ['-n', '-15', 'setpriv', ...AS_APPLICATION, 'perl', '-e', program, ...args];
    this.#child = spawn('nice', command, { stdio: ['pipe', 'pipe', 'inherit'] });
    this.#child.stdin.on('error', () => {}); // it has died, which is told below
    this.#output = text(this.#child.stdout);
    this.#ended = once(this.#child, 'exit');
    onTestFinished(() => void this.#child.kill('SIGKILL'));
  }

  static async start(program: string, ...args: readonly string[]): Promise<Attacker> {
    const attacker = new Attacker(program, args);
    await Promise.race([once(attacker.#child.stdout, 'data'), attacker.#ended]);
    if (attacker.#child.exitCode !== null) throw new Error('the attacker has died');
    return attacker;
  }

  tell(line: string): void {
    this.#child.stdin.write(line);
  }

  /** Ends it. @returns what it has said since it began */
  async stop(): Promise<string> {
    this.#child.stdin.end();
    await this.#ended;
    return (await this.#output).replace('ready\n', '');
  }
}

/** A process of the application's that sets traps. */
export class Traps {
  readonly #attacker: Attacker;

  private constructor(attacker: Attacker) {
    this.#attacker = attacker;
  }

  static async set(...traps: readonly Trap[]): Promise<Traps> {
    const args = traps.flatMap(({ path, evil, beside }) => [path, evil === 'pipe' ? '' : evil.link, beside]);
    return new Traps(await Attacker.start(EXCHANGE, ...args));
  }

  /** Ends it. The names stay as they happen to be. */
  async stop(): Promise<void> {
    const rounds = Number(await this.#attacker.stop());
    // With fewer, nothing was tried.
    if (!(rounds > 100)) throw new Error(`the names were exchanged only ${rounds} times`);
  }
}
