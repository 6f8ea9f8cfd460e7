import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import type { EventBody } from '../../../src/report/events.ts';
import type { FleetReport, MachineOutcome } from '../../../src/report/fleet-results.ts';
import { createScrubber } from '../../../src/report/redact.ts';
import { createStream, eventLines } from '../../../src/report/stream.ts';
import { newRunId } from '../../../src/run-id.ts';

/** What a played config-update does. */
export interface Part {
  /** What it writes; the events of a run that ends well, where absent. */
  readonly lines?: string;
  readonly exit?: number;
  /** Shell that is done at the end, once it has said everything. */
  readonly last?: string;
}

/**
 * A config-update that is played by a shell script: it reads "the index", a directory of names, when it starts, says what
 * it is told to say, and if it ends well, what it has read is "published".
 */
const SCRIPT = `#!/bin/sh
cd "\${0%/*}" || exit 125
n=1
until mkdir "start-$n" 2>/dev/null; do n=$((n + 1)); done
echo "$FLEET_BY $*" >>starts
ls index | sort >read-$n
part=part-$n
[ -d "$part" ] || part=part
if [ -e hold ]; then
  mkfifo "gate-$n"
  read -r go <"gate-$n"
fi
cat "$part/lines"
exit=$(cat "$part/exit")
[ "$exit" != 0 ] || cp read-$n published-$n
. "./$part/last"
exit "$exit"
`;

export class PlayedUpdate {
  readonly dir: string;
  readonly command: readonly string[];
  #released = 0;
  readonly #gates: number[] = [];

  /** @param dir where it is made, unless it is there */
  constructor(dir: string) {
    this.dir = dir;
    this.command = [join(dir, 'config-update')];
    if (existsSync(dir)) return;
    mkdirSync(join(dir, 'index'), { recursive: true });
    writeFileSync(join(dir, 'starts'), '');
    writeFileSync(join(dir, 'config-update'), SCRIPT, { mode: 0o755 });
    this.play({});
  }

  /** @param start from 1; null for every start that no other part is for */
  play({ lines = told(report()), exit = 0, last = ':' }: Part, start: number | null = null): void {
    const dir = join(this.dir, start === null ? 'part' : `part-${start}`);
    mkdirSync(dir, { recursive: true });
    writeFileSync(join(dir, 'lines'), lines);
    writeFileSync(join(dir, 'exit'), `${exit}\n`);
    writeFileSync(join(dir, 'last'), `${last}\n`);
  }

  /** Every start goes as it does where nothing else was said for it. */
  forget(): void {
    for (const name of readdirSync(this.dir))
      if (name.startsWith('part-')) rmSync(join(this.dir, name), { recursive: true });
  }

  /** Each further start waits, once it has read the index, until it is let go. */
  hold(): void {
    writeFileSync(join(this.dir, 'hold'), '');
  }

  /** Lets the first start go that was not let go yet, as soon as it waits. */
  async letGo(): Promise<void> {
    this.#released += 1;
    const gate = join(this.dir, `gate-${this.#released}`);
    while (!existsSync(gate)) await turn();
    // Open for reading, too, so that it waits for nobody; and open until it is read.
    const fd = openSync(gate, 'r+');
    this.#gates.push(fd);
    writeSync(fd, 'go\n');
  }

  /** What is started from now on does not wait. */
  open(): void {
    rmSync(join(this.dir, 'hold'));
  }

  close(): void {
    for (const fd of this.#gates) closeSync(fd);
  }

  /** Who asked, and the arguments, of each start. */
  get starts(): string[] {
    return readFileSync(join(this.dir, 'starts'), 'utf8').split('\n').filter(Boolean);
  }

  put(name: string): void {
    writeFileSync(join(this.dir, 'index', name), '');
  }

  has(name: string): boolean {
    return existsSync(join(this.dir, 'index', name));
  }

  /** All names that were published by a run that ended well. */
  get published(): Set<string> {
    const files = readdirSync(this.dir).filter((name) => name.startsWith('published-'));
    return new Set(
      files.flatMap((name) => readFileSync(join(this.dir, name), 'utf8').split('\n')).filter(Boolean),
    );
  }
}

/** A report of config-update; one that ended well, unless told. */
export function report(changes: Partial<FleetReport> = {}): FleetReport {
  return {
    run: newRunId(),
    by: 'somebody@host',
    target: 'fly',
    operation: 'update',
    outcome: 'done',
    publish: null,
    index: null,
    machines: [machine('m1')],
    skipped: [],
    beganAt: new Date().toISOString(),
    ms: 5,
    ...changes,
  };
}

export function machine(id: string, changes: Partial<MachineOutcome> = {}): MachineOutcome {
  const which = { id, region: 'iad', state: 'started' };
  return { machine: which, outcome: 'updated', etag: null, detail: '', attempts: 1, ms: 5, ...changes };
}

/** One machine that failed, and another that did not. */
export function halfFailed(code: 'machine-failed' | 'unauthorized' = 'machine-failed'): FleetReport {
  const error = { code, message: 'm2 does not answer', hint: 'Look at it.' };
  return report({
    outcome: 'failed',
    machines: [machine('m1'), machine('m2', { outcome: 'failed', error })],
  });
}

/** What config-update says of such a run with `--events`. */
export function told(ended: FleetReport, more: readonly EventBody[] = []): string {
  const lines: string[] = [];
  const tell = createStream([eventLines((line) => lines.push(line))], createScrubber([]));
  const { run, by, target, operation } = ended;
  const noun = ['machine', 'machines'] as const;
  tell({ type: 'run-began', kind: 'fleet', run, by, target, operation, trigger: null, noun, steps: [] });
  for (const event of more) tell(event);
  tell({ type: 'run-ended', kind: 'fleet', result: ended });
  return lines.join('');
}
