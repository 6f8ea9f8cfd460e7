import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  type AdminHost,
  CONFIG_UPDATE,
  type Scene,
  startScene,
} from '../../support/config-update/admin-host.ts';
import { makeGate } from '../../support/suite/gate.ts';
import { TerminalScreen } from '../../support/system/screen.ts';

let scene: Scene;
beforeEach(async () => {
  scene = await startScene();
});
afterEach(async () => await scene.close());

const CTRL_C = '\x03';

/** A run on a terminal of its own, 100 columns wide and 12 rows high. */
class OnTerminal {
  readonly screen = new TerminalScreen(100);
  raw = '';
  readonly ended: Promise<number>;
  readonly #child;
  readonly #watchers = new Set<() => void>();
  #over = false;

  constructor(host: AdminHost, args: readonly string[] = [], env: Record<string, string> = {}) {
    const command = `stty cols 100 rows 12; exec ${[CONFIG_UPDATE, ...args].join(' ')}`;
    this.#child = spawn('script', ['-qefc', command, '/dev/null'], {
      env: { PATH: process.env['PATH'], TERM: 'xterm', ...host.env, ...env },
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    this.#child.stdout.setEncoding('utf8').on('data', (text: string) => {
      this.raw += text;
      this.screen.write(text);
      this.#wake();
    });
    this.ended = once(this.#child, 'close').then(([code]) => {
      this.#over = true;
      this.#wake();
      return code as number;
    });
  }

  type(text: string): void {
    this.#child.stdin.write(text);
  }

  shows(text: string | RegExp): Promise<void> {
    const fits = (line: string) => (typeof text === 'string' ? line.includes(text) : text.test(line));
    return this.gives(() => this.screen.lines.some(fits));
  }

  /** Resolves once the screen is as it shall be. */
  async gives(isSo: () => boolean): Promise<void> {
    while (!isSo()) {
      if (this.#over) throw new Error(`ended like this: ${this.screen.text}`);
      await new Promise<void>((resolve) => this.#watchers.add(resolve));
    }
  }

  #wake(): void {
    for (const watcher of this.#watchers) watcher();
    this.#watchers.clear();
  }
}

describe('on a terminal, config-update', () => {
  it('shows the machines live, and at the end a table, on the same screen', async () => {
    const gate = makeGate();
    scene.fleet.behave('m1', (_response, _nth, succeed) => gate.opened.then(succeed));
    const run = new OnTerminal(scene.host());
    await run.shows(/^✓ m2 {2}syd/);
    expect(run.screen.lines.some((line) => / m1 {2}iad .* asked$/.test(line))).toBe(true);
    expect(run.screen.lines.some((line) => line.startsWith('[████████████░░░░░░░░░░░░] 1/2  50 %'))).toBe(
      true,
    );
    gate.open();
    expect(await run.ended).toBe(0);
    expect(run.screen.text).toMatch(/\nm2 +syd +updated +"[0-9a-f]{32}" +1 /);
    expect(run.screen.text).toContain('\nSuccessfully updated: 2 machines\n');
    expect(run.screen.text).not.toMatch(/█|asked|Syncing/);
    expect(run.raw).not.toContain('\x1b[?');
  });

  it('ends in order at Ctrl-C', async () => {
    scene.fleet.behave('m1', () => {});
    const run = new OnTerminal(scene.host());
    await run.shows(/^✓ m2/);
    run.type(CTRL_C);
    expect(await run.ended).toBe(130);
    expect(run.screen.text).toContain('Stopping.');
    expect(run.screen.text).toContain('\nSuccessfully updated: 1 machines\n');
    expect(run.screen.text).not.toContain('█');
  });

  it('ends at once at the second Ctrl-C', async () => {
    scene.fleet.behave('m1', () => {});
    const url = new URL('/hang', scene.fleet.url).href;
    // Where nobody answers: the last broadcast keeps the run from ending.
    scene.fleet.behave('127.0.0.1', () => {});
    const run = new OnTerminal(scene.host(), ['--broadcast', 'job', '--broadcast-url', url]);
    await run.shows(/^✓ m2/);
    run.type(CTRL_C);
    await run.shows('Stopping.');
    run.type(CTRL_C);
    expect(await run.ended).toBe(130);
  });

  it('writes plain lines if the terminal can do no more, and no colours if they are switched off', async () => {
    const dumb = new OnTerminal(scene.host(), [], { TERM: 'dumb' });
    expect(await dumb.ended).toBe(0);
    expect(dumb.raw).toContain('  m1... ✓ Success');
    expect(dumb.raw).not.toContain('\x1b');
    const plain = new OnTerminal(scene.host(), ['--no-publish'], { NO_COLOR: '1' });
    expect(await plain.ended).toBe(0);
    expect(plain.raw).toContain('\x1b[J');
    expect(plain.raw).not.toContain('\x1b[32m✓');
    expect(plain.raw).not.toContain('\x1b[0m');
  });
});
