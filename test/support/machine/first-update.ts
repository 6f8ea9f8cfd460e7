import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import { copyTree } from '../system/copy-tree.ts';
import { Machine } from './machine.ts';

/**
 * Machines that have the same directories one after the other, so that their first update, a POST, is made once, and what
 * it wrote is copied for the others.
 */
export class FirstUpdate {
  readonly #scratch = mkdtempSync(join(tmpdir(), 'machine-'));
  /** A copy for each environment that a machine had. */
  readonly #copies = new Map<string, string>();

  /** A machine that has nothing yet. */
  machine(env: Record<string, string>): Machine {
    return new Machine(env, this.#scratch, join(this.#scratch, 'home'));
  }

  /** Has it updated; the store has what it had for the first machine of that environment. */
  async installOn(machine: Machine): Promise<void> {
    const key = JSON.stringify(machine.env);
    const known = this.#copies.get(key);
    if (known !== undefined) {
      machine.remove();
      copyTree(known, machine.home);
      return;
    }
    expect(await machine.post()).toMatchObject({ status: 200, result: { outcome: 'updated' } });
    const copy = join(this.#scratch, `copy-${this.#copies.size}`);
    copyTree(machine.home, copy);
    this.#copies.set(key, copy);
  }

  close(): void {
    rmSync(this.#scratch, { recursive: true });
  }
}
