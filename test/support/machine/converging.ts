import { expect } from 'vitest';
import type { FleetHost, MachineHome } from '../fleet/fleet-host.ts';
import { INSTALLED, type Stand, standOf } from './stand.ts';

type Stands = Readonly<Record<string, Stand>>;

/** A fleet that goes back and forth between two indexes, and what its machines have installed with each. */
export class BackAndForth {
  readonly #host: FleetHost;
  readonly #images: [Buffer, Buffer];
  readonly #stands: [Stands, Stands];
  #at: 0 | 1 = 1;

  private constructor(host: FleetHost, images: [Buffer, Buffer], stands: [Stands, Stands]) {
    this.#host = host;
    this.#images = images;
    this.#stands = stands;
  }

  /** Has the fleet updated to each of the indexes once. */
  static async begin(host: FleetHost): Promise<BackAndForth> {
    const first = host.index;
    expect(await host.run()).toMatchObject({ exitCode: 0 });
    const before = standsOf(host.machines);
    host.changeIndex();
    expect(await host.run()).toMatchObject({ exitCode: 0 });
    return new BackAndForth(host, [first, host.index], [before, standsOf(host.machines)]);
  }

  /** Somebody changes the index of the host to the other one. */
  change(): void {
    this.#at = this.#at === 0 ? 1 : 0;
    this.#host.writeIndex(this.#images[this.#at]);
  }

  /** What is wrong with how a run that was ended has left the machines; empty for nothing. */
  async problemsLeft(): Promise<string[]> {
    await expect.poll(async () => (await this.#host.sim.status()).atOnce).toBe(0);
    const stands = standsOf(this.#host.machines);
    const [after, before] = [this.#stands[this.#at], this.#stands[this.#at === 0 ? 1 : 0]];
    return Object.keys(stands).flatMap((id) => judge(id, stands[id], before[id], after[id]));
  }

  /** The next run completes: every machine has the host's index, and all that follows from it. */
  async expectCompleted(): Promise<void> {
    const { exitCode, stdout, stderr } = await this.#host.run();
    expect(exitCode, stdout + stderr).toBe(0);
    expect(standsOf(this.#host.machines)).toEqual(this.#stands[this.#at]);
  }
}

function standsOf(machines: readonly MachineHome[]): Stands {
  return Object.fromEntries(machines.map((machine) => [machine.id, standOf(machine)]));
}

/** Every file is wholly old or wholly new, and none is new while one before it is old: navigator.yml is the last. */
function judge(
  id: string,
  left: Stand | undefined,
  before: Stand | undefined,
  after: Stand | undefined,
): string[] {
  if (!left || !before || !after) return [`${id} is not known`];
  const changing = INSTALLED.filter((name) => before[name] !== after[name]);
  const broken = INSTALLED.filter((name) => left[name] !== before[name] && left[name] !== after[name]);
  const firstOld = changing.findIndex((name) => left[name] === before[name]);
  const early = firstOld < 0 ? [] : changing.slice(firstOld).filter((name) => left[name] === after[name]);
  return [
    ...broken.map((name) => `${id}: ${name} is neither old nor new: ${left[name]}`),
    ...early.map((name) => `${id}: ${name} is new while ${changing[firstOld]} is old`),
  ];
}
