import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { build } from 'esbuild';
import type { Summary } from '../../src/report/results.ts';
import { sourcePlugins } from '../source-plugins.mjs';
import type { Measured } from './machine.ts';
import { countVariables, machineVariables, makeHome, readCounts, runTimed } from './process.ts';

/** What it takes to render all pages, in a process that does nothing else. */
export interface Rendering {
  readonly pages: number;
  readonly bytes: number;
  /** Milliseconds. */
  readonly ms: number;
}

/** A machine with an index installed and the ready hook, and no store: pages are rendered from what is there. */
export class ReadyMachine {
  readonly #home = makeHome(['rails', 'db', 'cache'], ['scripts/ready']);
  readonly #index = join(this.#home, 'db/index.sqlite3');
  readonly #renderer = join(this.#home, 'render-pages.mjs');

  static async make(index: Buffer): Promise<ReadyMachine> {
    const machine = new ReadyMachine();
    await machine.#fill(index);
    return machine;
  }

  async #fill(index: Buffer): Promise<void> {
    writeFileSync(this.#index, index);
    const library = createRequire(import.meta.url).resolve('better-sqlite3');
    await build({
      entryPoints: [resolve(import.meta.dirname, 'render-pages.ts')],
      outfile: this.#renderer,
      bundle: true,
      platform: 'node',
      format: 'esm',
      alias: { 'better-sqlite3': library },
      external: [library],
      define: { __BUNDLED__: 'false' },
      plugins: sourcePlugins,
    });
  }

  remove(): void {
    rmSync(this.#home, { recursive: true, force: true });
  }

  /** Makes it a machine on which no page was ever written. */
  empty(): void {
    rmSync(join(this.#home, 'rails'), { recursive: true });
    mkdirSync(join(this.#home, 'rails'));
  }

  /**
   * `scripts/ready --only pages`, one whole process.
   *
   * @param expected how many pages shall be written; anything else is an error
   * @param options.count also takes the kernel's counts, by a hook in the process, which takes time
   */
  async ready(expected: 'all' | 'none', options: { count?: boolean } = {}): Promise<Measured> {
    const file = join(this.#home, 'counts.json');
    const env = {
      ...machineVariables(this.#home),
      ...(options.count ? countVariables(file) : {}),
    };
    const args = ['--only', 'pages', '--json'];
    const { ms, output } = await runTimed(join(this.#home, 'bin/ready'), args, env);
    const { outcome, counts } = JSON.parse(output) as Summary;
    const asExpected = (counts['pages written'] ?? 0) > 0 === (expected === 'all');
    if (outcome !== 'done' || !asExpected) throw new Error(`ready: ${output}`);
    return { ms, counts: options.count ? readCounts(file) : null };
  }

  /** Without any cache of compiled code. */
  render(): Rendering {
    const args = [this.#renderer, this.#index];
    return JSON.parse(execFileSync(process.execPath, args, { encoding: 'utf8' })) as Rendering;
  }
}
