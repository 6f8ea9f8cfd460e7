import type { Streams } from '../arguments.ts';
import type { Stop } from '../fleet/stop-signals.ts';
import type { World } from '../machine/machine-context.ts';
import type { OnboardOptions } from './onboard-options.ts';

/** Where this runs, and who watches. */
export interface OnboardConsole extends Streams {
  /** The terminal's input; null where nobody can be asked. */
  readonly input: NodeJS.ReadStream | null;
  readonly columns: () => number;
  /** Whether standard output is a terminal. */
  readonly isTerminal: boolean;
  readonly stop: Stop;
  /** Path of config-update of this build. */
  readonly configUpdate: string;
}

/** Everything that a run knows from its beginning. */
export interface Run {
  /** With the environment as it is: no secret of a file in it. */
  readonly world: World;
  readonly options: OnboardOptions;
  readonly console: OnboardConsole;
}
