import type { Failure } from '../../failure.ts';

/** Thrown when somebody cancels: nothing may be written then. */
export class Cancelled extends Error {
  constructor(message = 'Cancelled. Nothing was written.') {
    super(message);
  }
}

/** A text that is asked for. */
export interface TextQuestion {
  readonly message: string;
  /** What stands there already, to be taken or changed. */
  readonly present?: string | undefined;
  /** What such a text looks like. */
  readonly example?: string;
  /** What is wrong with it; null for nothing. */
  readonly problem: (text: string) => string | null;
}

interface Choice<V> {
  readonly value: V;
  readonly label: string;
  readonly hint?: string;
}

export interface ChoiceQuestion<V> {
  readonly message: string;
  readonly choices: readonly Choice<V>[];
  /** What is chosen by Enter alone. */
  readonly preset?: V | undefined;
}

/** What a look at the world has shown. */
export interface Finding {
  /** What is as it should be. */
  readonly lines: readonly string[];
  /** What is not, or not yet: an answer may be kept all the same. */
  readonly warnings: readonly string[];
}

/** A name and what it is. */
export type Row = readonly [name: string, text: string];

/** Shows how far the way is. */
export interface Teller {
  /** Begins a part. */
  part(title: string): void;
  rows(rows: readonly Row[]): void;
  finding(finding: Finding): void;
  note(text: string): void;
  /** Does something that takes a while. @throws {Cancelled} */
  busy<T>(what: string, work: (signal: AbortSignal) => Promise<T>): Promise<T>;
}

/** Asks a person. Every method throws `Cancelled`. */
export interface Asker extends Teller {
  text(question: TextQuestion): Promise<string>;
  /** Never shown, not even its length. */
  secret(message: string, problem: (text: string) => string | null): Promise<string>;
  choose<V>(question: ChoiceQuestion<V>): Promise<V>;
  confirm(message: string, preset: boolean): Promise<boolean>;
  /** The first words, and the last ones. */
  begin(title: string): void;
  end(words: string): void;
  /** Shows all answers in a frame. */
  summary(title: string, text: string): void;
}

/** What a reader of settings says against them; null for nothing. */
export function problemIn(read: () => unknown): string | null {
  try {
    read();
    return null;
  } catch (error) {
    if (!isFailure(error)) throw error;
    return `${error.message}. ${error.hint}`;
  }
}

function isFailure(error: unknown): error is Failure {
  return error instanceof Error && error.name === 'Failure';
}

const CONTROL = /\p{Cc}/u;

/** What is wrong with any text that is to stand in a line of a file; null for nothing. */
export function lineProblem(text: string): string | null {
  if (CONTROL.test(text)) return 'It holds control characters, which a line of a file cannot have.';
  return text === text.trim() ? null : 'It begins or ends with white space.';
}

/** The first problem that there is. */
export function firstProblem(
  ...checks: readonly ((text: string) => string | null)[]
): (text: string) => string | null {
  return (text) => {
    for (const check of checks) {
      const problem = check(text);
      if (problem !== null) return problem;
    }
    return null;
  };
}

/** That there is a text at all. */
export function required(what: string): (text: string) => string | null {
  return (text) => (text.trim() === '' ? `${what} is needed.` : null);
}
