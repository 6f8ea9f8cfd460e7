import type { Answered } from '../machine/machine.ts';

/** Whatever others lay in the way, none of our programs dies of it: it says what is wrong. */
export function requireOrderly(name: string, { signal, stdout, stderr }: Answered): void {
  const said = stdout + stderr;
  if (signal === null && said !== '' && !/FATAL ERROR|Fatal process|^Node\.js v/m.test(said)) return;
  throw new Error(`${name} did not end in order (${signal ?? 'no signal'})\n${said}`);
}
