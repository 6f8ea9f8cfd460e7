import { startWatcher } from './watcher.ts';

/*
 * SQLite opens any kind of file, and waits. The files beside a database are checked before, but the owner of the
 * directory can exchange them in between: a pipe blocks a process for ever, and its lock with it.
 */

/**
 * Waits for a sign of life so many seconds, twice, before it kills: after a machine was suspended, all clocks are late. A
 * process that was stopped from a terminal lives.
 */
const SCRIPT = `
missed=0
while [ "$missed" -lt 2 ]; do
  sign=$(timeout "$2" head -c 1)
  case $? in
    0) [ -n "$sign" ] || exit 0; missed=0 ;;
    124 | 143) missed=$((missed + 1)) ;;
    *) exit 0 ;;
  esac
  if grep -q '^State:[[:space:]]*[Tt]' "/proc/$1/status"; then missed=0; fi
done
kill -s KILL "$1"
`;

/**
 * Has this process killed when it is blocked for so long: when its event loop does not turn, since nothing that this program
 * does on purpose takes a part of that. Resolves when the watcher has been started.
 */
export async function endWhenBlocked(limitMs: number): Promise<void> {
  const seconds = Math.max(1, Math.round(limitMs / 2000));
  const signs = await startWatcher(SCRIPT, [String(seconds)], 'ignore');
  const beat = setInterval(() => signs?.writable && signs.write('.'), seconds * 250);
  beat.unref();
}
