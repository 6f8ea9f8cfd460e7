import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * A mount namespace of its own, in which root may mount what nobody else sees; the mounts go with the process that keeps
 * it, and that one goes with the test.
 */
export class Mounts {
  readonly #keeper: ChildProcess;

  private constructor(keeper: ChildProcess) {
    this.#keeper = keeper;
  }

  static async open(): Promise<Mounts> {
    // `cat` ends when its standard input does.
    const script = 'echo ready; exec cat';
    const keeper = spawn('unshare', ['--map-root-user', '--mount', 'sh', '-c', script], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    await once(keeper.stdout, 'data');
    return new Mounts(keeper);
  }

  async close(): Promise<void> {
    const closed = once(this.#keeper, 'close');
    this.#keeper.stdin?.end();
    await closed;
  }

  /** What a command is to be run through to see the mounts. */
  get through(): string[] {
    const { pid } = this.#keeper;
    return ['nsenter', `--target=${pid}`, '--user', '--mount', '--preserve-credentials', '--'];
  }

  /** Where somebody outside finds what stands at a path inside. */
  outside(path: string): string {
    return `/proc/${this.#keeper.pid}/root${path}`;
  }

  /** Mounts a file system in memory of so many KiB. */
  mountMemory(path: string, kib: number): void {
    this.run('mount', '-t', 'tmpfs', '-o', `size=${kib}k,mode=755`, 'tmpfs', path);
  }

  setWritable(path: string, writable: boolean): void {
    this.run('mount', '-o', `remount,${writable ? 'rw' : 'ro'}`, path);
  }

  /** Leaves so many bytes free in the file system mounted at a path; null for as many as there are. */
  leaveFree(path: string, bytes: number | null): void {
    const root = this.outside(path);
    const ballast = join(root, 'ballast');
    rmSync(ballast, { force: true });
    if (bytes === null) return;
    const { bavail, bsize } = statfsSync(root);
    writeFileSync(ballast, Buffer.alloc(Math.max(bavail * bsize - bytes, 0)));
  }

  run(...command: string[]): void {
    const [program = '', ...rest] = [...this.through, ...command];
    execFileSync(program, rest, { stdio: ['ignore', 'ignore', 'inherit'] });
  }
}
