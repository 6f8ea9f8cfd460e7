import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { atEnd } from '../suite/at-end.ts';
import { SharedMachine } from './shared-machine.ts';
import { Vault } from './vault.ts';

interface Begun {
  readonly machine: SharedMachine;
  readonly vault: Vault;
}

/** What is left of the machine that is set up: its files, its variables, and what its store holds. */
interface Kept extends Begun {
  readonly copy: string;
  readonly env: Record<string, string>;
  readonly refill: () => void;
}

/**
 * The machine that each test of a file begins with. It is set up once: before each further test all of its files are put back
 * as they were, with owners and times, and so is what its store holds. A first update and a first hook take a third of a
 * second of CPU together, a copy a fiftieth.
 */
export class Alike {
  readonly #setUp: (machine: SharedMachine) => Promise<void>;
  readonly #env: Record<string, string | null>;
  #kept: Kept | null = null;

  constructor(setUp: (machine: SharedMachine) => Promise<void>, env: Record<string, string | null> = {}) {
    this.#setUp = setUp;
    this.#env = env;
  }

  /** Call it before each test. The machine ends with the file. */
  async next(): Promise<Begun> {
    const kept = this.#kept ?? (await this.#begin());
    if (this.#kept) await this.#putBack(kept);
    this.#kept = kept;
    return kept;
  }

  async #begin(): Promise<Kept> {
    const machine = await SharedMachine.open(this.#env);
    atEnd(() => {
      this.#kept = null;
      return machine.close();
    });
    const vault = new Vault(machine);
    await this.#setUp(machine);
    const copy = `${machine.home}.kept`;
    execFileSync('cp', ['-a', machine.home, copy]);
    atEnd(() => rmSync(copy, { recursive: true }));
    return { machine, vault, copy, env: { ...machine.env }, refill: machine.keepStore() };
  }

  async #putBack({ machine, vault, copy, env, refill }: Kept): Promise<void> {
    await machine.endWhatTestsBegan();
    // The top directory of its own, in which its start hook runs, stays.
    const others = ['-mindepth', '1', '-maxdepth', '1', '!', '-name', 'root'];
    execFileSync('find', [machine.home, ...others, '-exec', 'rm', '-rf', '{}', '+']);
    execFileSync('cp', ['-a', `${copy}/.`, machine.home]);
    machine.env = { ...env };
    refill();
    vault.lookAnew();
  }
}
