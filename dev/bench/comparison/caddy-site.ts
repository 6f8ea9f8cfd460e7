import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { end, PATH, runTimed } from '../process.ts';
import { naming, type Program } from './programs.ts';
import { freePort, type Site, untilAnswered } from './site.ts';
import { eventPath, eventPaths } from './source.ts';

/** Caddy takes its whole configuration by `POST /load`. Who makes that of a source is not Caddy's matter, and not timed. */
export async function startCaddy(caddy: Program): Promise<Site> {
  const home = mkdtempSync(join(tmpdir(), 'showcase-compared-'));
  const env = { PATH, HOME: home };
  const [admin, port] = [await freePort(), await freePort()];
  const file = join(home, 'caddy.json');
  const write = (paths: readonly string[], handler?: string) =>
    writeFileSync(file, JSON.stringify(configuration(admin, port, paths, handler)));
  const load = async (): Promise<boolean> => {
    const headers = { 'content-type': 'application/json' };
    const body = readFileSync(file);
    const answer = await fetch(`http://127.0.0.1:${admin}/load`, { method: 'POST', headers, body });
    await answer.text();
    return answer.ok;
  };

  write(eventPaths(0));
  const server = spawn(caddy.path, ['run', '--config', file], { env, stdio: 'ignore' });
  const origin = `http://127.0.0.1:${port}`;
  const old = { path: eventPaths(0)[0] ?? '/' };
  await untilAnswered(origin, old);
  const saved = join(home, '.config/caddy/autosave.json');
  return {
    name: `${naming('Caddy', caddy)}'s API`,
    origin,
    pid: server.pid ?? 0,
    old,
    change: async (nth) => write(eventPaths(nth)),
    async publish() {
      if (!(await load())) throw new Error('Caddy refused the configuration');
    },
    added: (nth) => ({ path: eventPath(nth) }),
    async dryRun() {
      const { code } = await runTimed(caddy.path, ['validate', '--config', file], env, { quiet: true });
      if (code !== 0) throw new Error(`caddy validate ended with ${code}`);
    },
    async publishBroken() {
      write(eventPaths(0), 'no_such_handler');
      await load();
    },
    // What it keeps for its next start.
    live: () => readFileSync(saved),
    async stop() {
      await end(server);
      rmSync(home, { recursive: true, force: true });
    },
  };
}

function configuration(
  admin: number,
  port: number,
  paths: readonly string[],
  handler = 'static_response',
): object {
  const routes = paths.map((path) => ({
    match: [{ path: [path] }],
    handle: [{ handler, status_code: 200, body: 'here' }],
  }));
  // Without the last route Caddy answers 200 to what it does not know.
  const rest = { handle: [{ handler: 'static_response', status_code: 404 }] };
  const server = { listen: [`127.0.0.1:${port}`], routes: [...routes, rest] };
  return {
    admin: { listen: `127.0.0.1:${admin}` },
    apps: { http: { servers: { site: server } } },
  };
}
