import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdirSync, mkdtempSync, openSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Lines } from '../fleet/fleet-sim.ts';
import { ROOT } from '../machine/machine.ts';
import { PlayedUpdate } from '../runs/played-update.ts';
import type { EventSite } from './event-site.ts';
import { type Owned, webIndex } from './web-people.ts';

const SHOWCASE_WEB = join(ROOT, 'scripts/showcase-web');

/** The built server as a process that can be killed and started again on the same port, with a played config-update. */
export class BuiltServer {
  readonly studios: Owned;
  readonly played: PlayedUpdate;
  /** With the base path, without a slash at the end; the same after a restart. */
  url = '';
  readonly #home = mkdtempSync(join(tmpdir(), 'built-web-'));
  readonly #site: EventSite;
  readonly #gates: number[] = [];
  #child: ChildProcess | null = null;

  constructor(site: EventSite) {
    this.#site = site;
    this.played = new PlayedUpdate(join(this.#home, 'played'));
    for (const path of ['rails/scripts', 'db']) mkdirSync(join(this.#home, path), { recursive: true });
    const { image, studios } = webIndex();
    this.studios = studios;
    writeFileSync(join(this.#home, 'db/index.sqlite3'), image);
    const [program = ''] = this.played.command;
    const script = `#!/bin/sh\nexec '${program}' "$@"\n`;
    writeFileSync(join(this.#home, 'rails/scripts/config-update'), script, { mode: 0o755 });
  }

  /** Resolves once it listens. */
  async start(): Promise<void> {
    const port = this.url === '' ? '0' : new URL(this.url).port;
    const child = spawn(SHOWCASE_WEB, ['--listen', `127.0.0.1:${port}`], {
      env: {
        PATH: process.env['PATH'],
        APP_ROOT: join(this.#home, 'rails'),
        RAILS_DB_VOLUME: join(this.#home, 'db'),
        RAILS_LOG_VOLUME: join(this.#home, 'log'),
        PUBLIC_URL_FLY: this.#site.url,
      },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    this.#child = child;
    const line = await new Lines(child.stdout).find((said) => said.startsWith('Listening on '));
    if (line === null) throw new Error('the server did not begin');
    this.url = line.slice('Listening on '.length).trim().replace(/\/$/, '');
  }

  /** By SIGKILL: nothing is closed, nothing is told. */
  async kill(): Promise<void> {
    const child = this.#child;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const closed = once(child, 'exit');
    child.kill('SIGKILL');
    await closed;
  }

  /** The next run says these lines, and waits for ever: it dies with the server. */
  holdNext(lines: string): void {
    const gate = join(this.#home, `gate-${this.#gates.length}`);
    execFileSync('mkfifo', [gate]);
    this.#gates.push(openSync(gate, 'r+'));
    this.played.play({ lines, last: `read -r go <'${gate}'` });
  }

  async close(): Promise<void> {
    await this.kill();
    for (const gate of this.#gates) {
      writeSync(gate, 'go\n'); // whoever still waits there ends
      closeSync(gate);
    }
    this.played.close();
    rmSync(this.#home, { recursive: true });
  }
}
