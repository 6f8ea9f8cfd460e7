import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';

/**
 * All that stands at the top of the file system but what the start hook makes there, in a file system in memory. It is ready
 * only when that is the process's root: who entered it before would work in the real one.
 */
const SETUP = `
  mount -t tmpfs -o mode=755 tmpfs "$1"
  for name in $(ls -A /); do
    if [ "$name" = demo ]; then continue
    elif [ -L "/$name" ]; then cp -P "/$name" "$1/"
    elif [ -d "/$name" ]; then mkdir "$1/$name"; mount --rbind "/$name" "$1/$name"
    fi
  done
  exec chroot "$1" sh -c 'echo ready; exec cat'
`;

/**
 * The file system with a top directory of its own, so that the start hook, which makes `/demo`, does not make the real one.
 * It goes with the process that keeps it, which ends when its standard input does.
 */
export class PrivateRoot {
  readonly #keeper: ChildProcess;

  private constructor(keeper: ChildProcess) {
    this.#keeper = keeper;
  }

  /** @param directory an empty one, which shows the new top directory inside */
  static async open(directory: string): Promise<PrivateRoot> {
    const command = ['--mount', '--propagation', 'private', 'sh', '-euc', SETUP, 'sh', directory];
    const keeper = spawn('unshare', command, { stdio: ['pipe', 'pipe', 'inherit'] });
    const ended = once(keeper, 'exit');
    await Promise.race([once(keeper.stdout, 'data'), ended]);
    if (keeper.exitCode !== null) throw new Error('no private root directory could be made');
    return new PrivateRoot(keeper);
  }

  /** What a command is to be run through. */
  get through(): string[] {
    return ['nsenter', `--target=${this.#keeper.pid}`, '--mount', '--root', '--'];
  }

  /** Where what stands at a path inside is found outside. */
  outside(path: string): string {
    return `/proc/${this.#keeper.pid}/root${path}`;
  }

  async close(): Promise<void> {
    const ended = once(this.#keeper, 'exit');
    this.#keeper.stdin?.end();
    await ended;
  }
}
