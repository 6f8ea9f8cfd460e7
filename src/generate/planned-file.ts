import type { GeneratedKind } from '../file-kind.ts';

/** A file as it should be on the machine. */
export interface PlannedFile {
  /** What it is, for reports and rules. */
  readonly kind: GeneratedKind;
  /** Absolute path. */
  readonly path: string;
  /** UTF-8 text. */
  readonly content: string;
  /** Permission bits for a new file; a file that is replaced keeps its own. */
  readonly mode: number;
}
