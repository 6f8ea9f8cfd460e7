import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { type CgiAnswered, EXECUTABLE, type Machine, parseAnswer, postVariables } from './machine.ts';

/** A line of the log on standard error. */
export type LogLine = Readonly<Record<string, unknown>>;

export interface ProcessOptions {
  /** update_config, unless told. */
  readonly executable?: string;
  /** What follows its name in a call by hand; a POST without. */
  readonly args?: readonly string[];
  readonly query?: string;
  readonly env?: Record<string, string>;
  /** A command that runs the executable, such as `['strace', ...]`. */
  readonly through?: readonly string[];
}

/**
 * A run under way, to be watched by its log, and stopped or killed by its process id: a POST as Navigator sends it, or a
 * call by hand. `Machine.post` and `Machine.run` are for what is only waited for.
 */
export class RunProcess {
  /** Resolves when it has ended. */
  readonly answered: Promise<CgiAnswered>;
  readonly #child: ChildProcess;
  readonly #lines: string[] = [];
  readonly #watchers = new Set<() => void>();
  #ended = false;

  constructor(machine: Machine, options: ProcessOptions = {}) {
    const { executable = EXECUTABLE, args, query, env = {}, through = [] } = options;
    const [command = executable, ...rest] = [...through, executable, ...(args ?? [])];
    const child = spawn(command, rest, {
      env: { PATH: process.env['PATH'], ...machine.env, ...(args ? {} : postVariables(query)), ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#child = child;
    const errors: string[] = [];
    let cut = '';
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
      errors.push(chunk);
      const lines = (cut + chunk).split('\n');
      cut = lines.pop() ?? '';
      this.#lines.push(...lines);
      this.#wake();
    });
    this.answered = Promise.all([text(child.stdout), once(child, 'close')]).then(
      ([stdout, [exitCode, signal]]) => {
        this.#ended = true;
        this.#wake();
        const answered = { exitCode, signal, stdout, stderr: errors.join('') };
        // By hand there are no headers.
        return args
          ? { ...parseAnswer({ ...answered, stdout: `\r\n\r\n${stdout}` }), stdout }
          : parseAnswer(answered);
      },
    );
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  get ended(): boolean {
    return this.#ended;
  }

  /** Resolves with the first line on standard error that fits, or with null when the process ends without one. */
  async printed(fits: (line: string) => boolean): Promise<string | null> {
    for (;;) {
      const found = this.#lines.find(fits);
      if (found !== undefined || this.#ended) return found ?? null;
      await new Promise<void>((resolve) => this.#watchers.add(resolve));
    }
  }

  /** The same for the log, whose lines are JSON. */
  async logged(fits: (line: LogLine) => boolean): Promise<LogLine | null> {
    const line = await this.printed((text) => text.startsWith('{') && fits(JSON.parse(text) as LogLine));
    return line === null ? null : (JSON.parse(line) as LogLine);
  }

  /** Resolves once the process is at work: it waits for the lock, or has it. */
  async begun(): Promise<void> {
    await this.logged((line) => line['event'] === 'run');
  }

  /** Sends a signal; false when the process was gone already. */
  signal(name: NodeJS.Signals): boolean {
    return !this.#ended && this.#child.kill(name);
  }

  #wake(): void {
    for (const watcher of this.#watchers) watcher();
    this.#watchers.clear();
  }
}
