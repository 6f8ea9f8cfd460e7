import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** Parts of a second that the kernel counts CPU time in. */
const TICKS = Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }));

/**
 * Milliseconds of CPU time of what this process started and has waited for, and of these servers with what they started and
 * have waited for. Other work on the machine changes it little.
 */
export function cpuMs(servers: readonly number[]): number {
  const ended = read(process.pid).slice(2);
  const all = [...ended, ...servers.flatMap(read)].reduce((sum, ticks) => sum + ticks, 0);
  return (all * 1000) / TICKS;
}

/** Ticks of the process itself (user, kernel), then of its children (user, kernel). */
function read(pid: number): number[] {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // After the name, which may hold anything and stands in parentheses, comes the third field.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields.slice(11, 15).map(Number);
}
