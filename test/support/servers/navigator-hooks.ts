import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { buffer } from 'node:stream/consumers';
import { parse } from 'yaml';

type Kind = 'start' | 'ready' | 'stop' | 'idle' | 'resume';

interface Hook {
  readonly command: string;
  readonly args?: readonly string[];
  readonly timeout?: string;
  readonly reload_config?: string;
}

/** What became of the hooks of one event. */
export interface HooksRun {
  /** Output and errors of all, as Navigator logs them. */
  readonly output: string;
  /** The first one that fails keeps the others from running, and Navigator from reloading. */
  readonly failed: boolean;
  /** What the first hook that names one would have Navigator load, if it is newer; null for none. */
  readonly reloadConfig: string | null;
}

/** The server's hooks of an event, as a configuration names them. */
export function serverHooks(config: string, kind: Kind): readonly Hook[] {
  const { hooks } = parse(config) as { hooks: { server: Partial<Record<Kind, Hook[]>> } };
  return hooks.server[kind] ?? [];
}

/**
 * Runs hooks as Navigator does (rubys/navigator internal/process/hooks.go): one after another, in its working directory
 * and with its environment, standard input empty, until one fails; at a time-out SIGKILL to the direct child.
 */
export async function runServerHooks(
  config: string,
  kind: Kind,
  navigator: { readonly cwd: string; readonly env: Readonly<Record<string, string>> },
): Promise<HooksRun> {
  const hooks = serverHooks(config, kind);
  let output = '';
  for (const { command, args = [], timeout = '' } of hooks) {
    const child = spawn(command, args, { ...navigator, stdio: ['ignore', 'pipe', 'pipe'] });
    const timer = setTimeout(() => child.kill('SIGKILL'), milliseconds(timeout));
    const [out, errors, [code]] = await Promise.all([
      buffer(child.stdout),
      buffer(child.stderr),
      once(child, 'close') as Promise<[number | null]>,
    ]);
    clearTimeout(timer);
    output += String(out) + String(errors);
    if (code !== 0) return { output, failed: true, reloadConfig: null };
  }
  const reloadConfig = hooks.find((hook) => hook.reload_config)?.reload_config ?? null;
  return { output, failed: false, reloadConfig };
}

/** Of a duration such as `30s` or `10m`. */
function milliseconds(duration: string): number {
  const [, count = '', unit] = /^(\d+)([sm])$/.exec(duration) ?? [];
  if (!unit) throw new Error(`a hook without a time-out: ${duration}`);
  return Number(count) * (unit === 'm' ? 60_000 : 1000);
}
