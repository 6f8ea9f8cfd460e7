/** People who ask for one page after another, and look at each answer. */
import { Agent, request } from 'node:http';
import { text } from 'node:stream/consumers';
import { setTimeout as pause } from 'node:timers/promises';
import type { Account } from '../sample/owners.ts';

/** What somebody asks for, and what the answer must be: at any time, before a reload and after it. */
export interface Question {
  readonly path: string;
  readonly login?: Account;
  readonly status: number;
  /** What the whole answer holds. */
  readonly holds: string;
}

export interface Tally {
  readonly requests: number;
  /** What was wrong with each answer that was. */
  readonly failures: readonly string[];
}

/** Visitors at a time. */
const ABREAST = 4;
/** Milliseconds from an answer to the next question. Without them visitors took more of the processor than what they watch. */
const PAUSE_MS = 10;
/** Milliseconds after which somebody gives up. */
const PATIENCE_MS = 10_000;

export class Visitors {
  readonly #origin: string;
  readonly #questions: readonly Question[];
  readonly #agent = new Agent({ keepAlive: true });
  readonly #failures: string[] = [];
  readonly #all: Promise<void>[];
  #requests = 0;
  #isOver = false;

  /** Begins at once. */
  constructor(origin: string, questions: readonly Question[]) {
    this.#origin = origin;
    this.#questions = questions;
    this.#all = Array.from({ length: ABREAST }, (_, at) => this.#goOn(at));
  }

  /** Lets each have the answer that it is waiting for. */
  async stop(): Promise<Tally> {
    this.#isOver = true;
    await Promise.all(this.#all);
    this.#agent.destroy();
    return { requests: this.#requests, failures: this.#failures };
  }

  /** Returns once so many more requests have been answered, or have failed. */
  async waitFor(count: number): Promise<void> {
    const goal = this.#requests + count;
    while (this.#requests < goal) await pause(5);
  }

  async #goOn(first: number): Promise<void> {
    for (let at = first; !this.#isOver; at++) {
      const question = this.#questions[at % this.#questions.length];
      if (!question) return;
      const problem = await this.#ask(question);
      this.#requests++;
      if (problem !== null) this.#failures.push(`${question.path}: ${problem}`);
      await pause(PAUSE_MS);
    }
  }

  /** Null for a right answer. */
  async #ask({ path, login, status, holds }: Question): Promise<string | null> {
    const auth = login ? { auth: `${login.userid}:${login.password}` } : {};
    try {
      const url = new URL(path, this.#origin);
      const signal = AbortSignal.timeout(PATIENCE_MS);
      const asked = request(url, { agent: this.#agent, signal, ...auth });
      const answer = await new Promise<import('node:http').IncomingMessage>((resolve, reject) => {
        asked.on('response', resolve).on('error', reject).end();
      });
      const body = await text(answer);
      if (answer.statusCode !== status) return `${answer.statusCode} in place of ${status}`;
      return body.includes(holds) ? null : `an answer without ${JSON.stringify(holds)}`;
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  }
}
