/**
 * Process 1 of a container that runs commands and asks after no orphan, as Navigator does: Node, too, asks only after
 * processes that it has started itself.
 *
 * `node process-one.ts <json of a Life>` prints an `Account` as JSON.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';

export interface Step {
  readonly command: readonly string[];
  /** Beside the environment of this process. */
  readonly env?: Record<string, string>;
}

export interface Life {
  /** One after the other; the steps of a stage run at the same time. */
  readonly stages: readonly (readonly Step[])[];
}

export interface Account {
  readonly runs: number;
  /** What a step said that failed. */
  readonly failures: readonly string[];
  /** Processes that are there at the end, beside this one: dead ones that nobody asked after, or living ones. */
  readonly left: readonly string[];
}

async function run({ command: [program = '', ...args], env }: Step): Promise<string | null> {
  const child = spawn(program, args, {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  for (const pipe of [child.stdout, child.stderr]) pipe.on('data', (chunk: Buffer) => (said += chunk));
  const [code] = (await once(child, 'close')) as [number | null];
  return code === 0 ? null : `${program} ${code}: ${said}`;
}

function left(): string[] {
  const others = readdirSync('/proc').filter((name) => /^\d+$/.test(name) && name !== '1');
  return others.flatMap((pid) => {
    try {
      return [readFileSync(`/proc/${pid}/stat`, 'utf8').split(' ').slice(0, 4).join(' ')];
    } catch {
      return []; // gone since
    }
  });
}

if (process.pid !== 1) throw new Error('this is not process 1');
const { stages } = JSON.parse(process.argv[2] ?? '{}') as Life;
const failures: string[] = [];
let runs = 0;
for (const stage of stages) {
  const said = await Promise.all(stage.map(run));
  runs += said.length;
  failures.push(...said.filter((one) => one !== null));
}
const account: Account = { runs, failures, left: left() };
console.log(JSON.stringify(account));
