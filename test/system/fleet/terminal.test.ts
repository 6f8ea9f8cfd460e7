import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CONFIG_UPDATE, FleetHost } from '../../support/fleet/fleet-host.ts';

/** How every change of a terminal's modes begins, of its cursor or its screen. After SIGKILL nobody could undo it. */
const MODE = '\x1b[?';

/** A shell on a pseudo-terminal, as a person has one (`script` of util-linux). */
class Terminal {
  readonly ended: Promise<unknown>;
  readonly #child: ChildProcess;
  #shown = '';
  readonly #watchers = new Set<() => void>();

  constructor(commands: string, env: Record<string, string>) {
    const child = spawn('script', ['-qec', commands, '/dev/null'], {
      env: { ...env, SHELL: '/bin/sh', TERM: 'xterm' },
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    this.#child = child;
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      this.#shown += chunk;
      for (const watcher of this.#watchers) watcher();
    });
    this.ended = once(child, 'close').finally(() => {
      for (const watcher of this.#watchers) watcher();
    });
  }

  get shown(): string {
    return this.#shown;
  }

  async match(form: RegExp): Promise<RegExpExecArray> {
    for (;;) {
      const found = form.exec(this.#shown);
      if (found) return found;
      if (this.#child.exitCode !== null) throw new Error(`it never showed ${form}:\n${this.#shown}`);
      await new Promise<void>((resolve) => this.#watchers.add(resolve));
    }
  }

  type(text: string): void {
    this.#child.stdin?.write(text);
  }
}

/** Its settings before and after, whether it ends by itself or Ctrl-C goes to the whole foreground. */
const AROUND = (command: string) => `trap : INT; stty -g; ${command}; echo "code $?"; stty -g`;
const settingsOf = (shown: string) => shown.match(/^[0-9a-f]+(?::[0-9a-f]+){10,}/gm) ?? [];

describe('a run on a terminal', () => {
  let host: FleetHost;
  beforeAll(async () => {
    host = await FleetHost.start(['--machines', '4', '--delay', '5', '--faults', 'hang=1'], { real: false });
  });
  afterAll(() => host.close());

  /** Resolves when the machine that hangs has been asked so many times, and nothing else is under way. */
  const hanging = async (times: number): Promise<void> => {
    const { id } = host.sim.faulty('hang');
    await expect
      .poll(async () => {
        const { asked, atOnce } = await host.sim.status();
        return [asked[id], atOnce];
      })
      .toEqual([times, 1]);
  };

  it('that Ctrl-C ends restores the terminal', async () => {
    const terminal = new Terminal(AROUND(CONFIG_UPDATE), host.environment());
    await hanging(1);
    terminal.type('\x03');
    await terminal.ended;
    expect(terminal.shown).toContain('code 130');
    expect(terminal.shown).not.toContain(MODE);
    const [before, after] = settingsOf(terminal.shown);
    expect(before).toBeDefined();
    expect(after).toBe(before);
  });

  it('that is killed leaves the terminal as it was, and the next run completes', async () => {
    await expect.poll(async () => (await host.sim.status()).atOnce).toBe(0);
    const killed = `sh -c 'echo "pid $$;"; exec ${CONFIG_UPDATE}'`;
    const gate = 'read go';
    const commands = `${AROUND(killed)}; ${gate}; ${CONFIG_UPDATE}; echo "code $?"`;
    const terminal = new Terminal(commands, host.environment());
    const [, pid] = await terminal.match(/pid (\d+);/);
    await hanging(2);
    process.kill(Number(pid), 'SIGKILL');
    await terminal.match(/code 137/);
    await host.sim.setFaults('');
    terminal.type('\n');
    await terminal.ended;
    expect(terminal.shown).toContain('code 0');
    const [before, after] = settingsOf(terminal.shown);
    expect(before).toBeDefined();
    expect(after).toBe(before);
    expect(terminal.shown).not.toContain(MODE);
  });

  it('shows every machine with its region and how it went', async () => {
    const terminal = new Terminal(CONFIG_UPDATE, { ...host.environment(), NO_COLOR: '1' });
    await terminal.ended;
    for (const { id, region } of host.sim.machines)
      expect(terminal.shown).toMatch(new RegExp(`${id} +${region} +(updated|unchanged)`));
  });
});
