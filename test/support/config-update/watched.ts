import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { type AdminHost, CONFIG_UPDATE } from './admin-host.ts';

/** A run of config-update whose output is watched while it runs. */
export class Watched {
  output = '';
  readonly child: ChildProcess;
  readonly ended: Promise<{ exitCode: number | null; signal: NodeJS.Signals | null }>;
  readonly #watchers = new Set<() => void>();
  #over = false;

  /** @param through a command that runs it, such as `['strace', ...]` */
  constructor(host: AdminHost, args: readonly string[] = [], through: readonly string[] = []) {
    const [command = CONFIG_UPDATE, ...rest] = [...through, CONFIG_UPDATE, ...args];
    const env = { PATH: process.env['PATH'], ...host.env };
    this.child = spawn(command, rest, { env, stdio: ['ignore', 'pipe', 'inherit'] });
    this.child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      this.output += text;
      this.#wake();
    });
    this.ended = once(this.child, 'close').then(([exitCode, signal]) => {
      this.#over = true;
      this.#wake();
      return { exitCode: exitCode as number | null, signal: signal as NodeJS.Signals | null };
    });
  }

  /** Resolves once so much has been said; fails when the run ends without it. */
  async said(text: string): Promise<void> {
    while (!this.output.includes(text)) {
      if (this.#over) throw new Error(`ended without saying ${text}: ${this.output}`);
      await new Promise<void>((resolve) => this.#watchers.add(resolve));
    }
  }

  #wake(): void {
    for (const watcher of this.#watchers) watcher();
    this.#watchers.clear();
  }
}
