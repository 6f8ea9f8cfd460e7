import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { stripVTControlCharacters } from 'node:util';
import { ROOT } from '../machine/machine.ts';
import { TerminalScreen } from '../system/screen.ts';

const ONBOARD = join(ROOT, 'scripts/onboard');

/** Milliseconds. Less than a test has, so that one that hangs says what was shown last. */
const PATIENCE_MS = 45_000;

/** Keys as a terminal sends them. */
export const KEYS = {
  enter: '\r',
  down: '\x1b[B',
  up: '\x1b[A',
  escape: '\x1b',
  clear: '\x15',
  interrupt: '\x03',
  end: '\x04',
} as const;

/** The built wizard on a pseudo-terminal, as a person has it (`script` of util-linux). */
export class OnboardTerminal {
  readonly ended: Promise<number | null>;
  readonly #child: ChildProcess;
  readonly #columns: number;
  /** Before a question that can be answered. */
  readonly #sign: string;
  readonly #watchers = new Set<() => void>();
  #written = '';
  /** How much of what was written, without its colours, has been matched. */
  #matched = 0;
  #isOver = false;

  constructor(args: readonly string[], env: Record<string, string>, columns = 100) {
    const words = args.map((word) => `'${word}'`).join(' ');
    const command = `stty cols ${columns} rows 50; exec ${ONBOARD} ${words}`;
    this.#columns = columns;
    this.#sign = env['TERM'] === 'linux' ? '*' : '◆';
    this.#child = spawn('script', ['-qec', command, '/dev/null'], {
      env: { TERM: 'xterm-256color', ...env, SHELL: '/bin/sh' },
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    this.#child.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
      this.#written += chunk;
      this.#wake();
    });
    this.ended = once(this.#child, 'close').then(([code]) => {
      this.#isOver = true;
      this.#wake();
      return code as number | null;
    });
  }

  /** Everything as it was written, colours and all. */
  get written(): string {
    return this.#written;
  }

  /** The same without colours and movements. */
  get plain(): string {
    return stripVTControlCharacters(this.#written).replaceAll('\r', '');
  }

  /** What a person sees, all that has scrolled out of sight included. */
  get screen(): string {
    const screen = new TerminalScreen(this.#columns);
    screen.write(this.#written);
    return screen.text;
  }

  /** Waits until a text is shown after what was waited for before. */
  async see(text: string): Promise<void> {
    const deadline = Date.now() + PATIENCE_MS;
    const alarm = setTimeout(() => this.#wake(), PATIENCE_MS + 1);
    try {
      await this.#seen(text, deadline);
    } finally {
      clearTimeout(alarm);
    }
  }

  async #seen(text: string, deadline: number): Promise<void> {
    for (;;) {
      const at = this.plain.indexOf(text, this.#matched);
      if (at >= 0) {
        this.#matched = at + text.length;
        return;
      }
      if (this.#isOver || Date.now() > deadline)
        throw new Error(`it never showed ${JSON.stringify(text)}:\n${this.screen}`);
      await new Promise<void>((resolve) => this.#watchers.add(resolve));
    }
  }

  /** Waits for a question that can be answered; one that was is drawn once more, with another sign before it. */
  async asked(question: string): Promise<void> {
    await this.see(`${this.#sign}  ${question}`);
  }

  type(text: string): void {
    this.#child.stdin?.write(text);
  }

  /** Ends it, whatever it does. */
  kill(): void {
    this.#child.kill('SIGKILL');
  }

  #wake(): void {
    for (const watcher of this.#watchers) watcher();
    this.#watchers.clear();
  }
}

/** The built wizard where nobody can be asked: on pipes. */
export async function runOnboard(
  args: readonly string[],
  env: Record<string, string>,
): Promise<{ readonly exitCode: number | null; readonly stdout: string; readonly stderr: string }> {
  const child = spawn(ONBOARD, [...args], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const [stdout, stderr, [exitCode]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close') as Promise<[number | null]>,
  ]);
  return { exitCode, stdout, stderr };
}
