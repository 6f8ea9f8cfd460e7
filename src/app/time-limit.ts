import type { World } from './machine/machine-context.ts';
import { startWatcher } from './watcher.ts';

/** Says why, then kills. A process that is stopped from a terminal when the time is up gets the same time again. */
const SCRIPT = `
while :; do
  timeout "$2" cat >/dev/null
  case $? in
    124 | 143) grep -q '^State:[[:space:]]*[Tt]' "/proc/$1/status" || break ;;
    *) exit 0 ;;
  esac
done
printf '%s\\n' "$3"
kill -s KILL "$1"
`;

/**
 * Ends this process after so long, also while it is blocked. Hooks need it: others can make a file a pipe that is waited
 * for, and Navigator's own limit is minutes. Resolves when the watcher has been started.
 *
 * @param setting the variable that the limit comes from
 */
export async function limitTime(
  { name, caller }: Pick<World, 'name' | 'caller'>,
  limitMs: number,
  setting: string,
): Promise<void> {
  if (caller) return; // the process is the caller's
  const reason = `${name} was ended after ${limitMs / 1000} s (${setting}): look for what it waited for, such as a pipe instead of a file`;
  await startWatcher(SCRIPT, [String(Math.ceil(limitMs / 1000)), reason], 'inherit');
}
