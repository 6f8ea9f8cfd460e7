import type { Tone } from '../layout/pieces.ts';

/** How it stands with one change of a password. */
export interface PasswordState {
  readonly tone: Tone;
  readonly title: string;
  readonly detail: string;
  /** Null while nobody knows. */
  readonly percent: number | null;
  /** Whether nothing more happens by itself. */
  readonly isOver: boolean;
}

/** What the script of the page is told. */
export interface PasswordNews extends PasswordState {
  /** Of this state: with it, the next question waits for another. */
  readonly known: string;
}
