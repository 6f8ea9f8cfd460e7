/**
 * Walks the wizard as its executable does, but for the terminal: `node walk-process.ts STOPS`, the questions and keys of
 * happy-way.ts as JSON. Once for each of them, and cancels at it. Prints as JSON what was asked last, and how the walk ended.
 */
import {
  type Asker,
  Cancelled,
  type ChoiceQuestion,
  type TextQuestion,
} from '../../../src/app/onboard/asker.ts';
import { ONBOARD } from '../../../src/app/onboard/onboard-options.ts';
import { walk } from '../../../src/app/onboard/walk.ts';
import { parse } from '../../../src/app/options/parse-arguments.ts';
import type { Stop } from './happy-way.ts';
import { KEYS } from './onboard-terminal.ts';

const stops = JSON.parse(process.argv[2] ?? '[]') as Stop[];

/** Answers by keys, as a prompt takes them, until somebody cancels. */
class PlayedAsker implements Asker {
  asked = '';
  readonly #cancelAt: number;
  #at = 0;

  constructor(cancelAt: number) {
    this.#cancelAt = cancelAt;
  }

  /** The keys that answer a question. @throws {Cancelled} */
  #keys(message: string): string {
    this.asked = message;
    if (this.#at === this.#cancelAt) throw new Cancelled();
    const [question = '', keys = ''] = stops[this.#at] ?? [];
    if (!message.startsWith(question)) throw new Error(`asked ${message}, not ${question}`);
    this.#at += 1;
    return keys;
  }

  async text({ message, present = '', problem }: TextQuestion): Promise<string> {
    for (;;) {
      const keys = this.#keys(message).replace(KEYS.enter, '');
      const given = keys.startsWith(KEYS.clear) ? keys.slice(KEYS.clear.length) : present + keys;
      if (problem(given) === null) return given;
    }
  }

  async secret(message: string, problem: (text: string) => string | null): Promise<string> {
    return await this.text({ message, problem });
  }

  async choose<V>({ message, choices, preset }: ChoiceQuestion<V>): Promise<V> {
    const downs = this.#keys(message).split(KEYS.down).length - 1;
    const first = Math.max(
      0,
      choices.findIndex(({ value }) => value === preset),
    );
    const chosen = choices[first + downs];
    if (!chosen) throw new Error(`${message} has no choice ${first + downs}`);
    return chosen.value;
  }

  async confirm(message: string, preset: boolean): Promise<boolean> {
    const keys = this.#keys(message);
    return keys === KEYS.enter ? preset : keys === 'y';
  }

  busy<T>(_: string, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    return work(new AbortController().signal);
  }

  part(): void {}
  rows(): void {}
  finding(): void {}
  note(): void {}
  summary(): void {}
  begin(): void {}
  end(): void {}
}

const world = { env: process.env, defaultAppRoot: '/', name: 'onboard' };
const options = ONBOARD.read(parse(ONBOARD, []).values);
const ends: [asked: string, end: string][] = [];
for (const at of stops.keys()) {
  const asker = new PlayedAsker(at);
  const end = await walk({ world, options }, asker).then(
    () => 'saved',
    (error: unknown) => (error instanceof Cancelled ? 'cancelled' : String(error)),
  );
  ends.push([asker.asked, end]);
}
process.stdout.write(JSON.stringify(ends));
