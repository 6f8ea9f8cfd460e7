/**
 * Stands for Navigator as process 1 of a container: `navigator CONFIG` runs the hooks that the configuration names, loads
 * what they have written, and serves the health check and the CGI script. It listens on any port that is free in the place
 * of `server.listen`, and tells by lines of JSON what becomes of it.
 */
import { readFileSync, statSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { parse } from 'yaml';
import { runCgi } from '../../../src/rehearsal/played-navigator.ts';
import { runServerHooks } from '../servers/navigator-hooks.ts';

interface Config {
  readonly server: {
    readonly listen: string | number;
    readonly health_check: { readonly path: string; readonly response: { readonly status: number } };
    readonly cgi_scripts: readonly {
      readonly path: string;
      readonly script: string;
      readonly env?: Record<string, string>;
    }[];
  };
  readonly maintenance?: { readonly enabled: boolean };
}

const say = (line: object): boolean => process.stdout.write(`${JSON.stringify(line)}\n`);
const env = process.env as Record<string, string>;

let path = process.argv[2] ?? '';
let text = '';
let config = {} as Config;
let loadedAt = 0;

function load(from: string): void {
  path = from;
  text = readFileSync(path, 'utf8');
  config = parse(text) as Config;
  loadedAt = Date.now();
  const isMaintenance = config.maintenance?.enabled === true;
  say({ loaded: path, isMaintenance, listen: String(config.server.listen), variables: Object.keys(env) });
}

const isNewer = (candidate: string): boolean =>
  (statSync(candidate, { throwIfNoEntry: false })?.mtimeMs ?? 0) > loadedAt || candidate !== path;

/** Of the configuration that is loaded, and of what its ready hook has it load. */
async function runHooks(): Promise<void> {
  for (const kind of ['start', 'ready'] as const) {
    const { output, failed, reloadConfig } = await runServerHooks(text, kind, { cwd: process.cwd(), env });
    say({ hook: kind, failed, output });
    if (failed && kind === 'start') process.exit(1);
    if (failed || reloadConfig === null || !isNewer(reloadConfig)) continue;
    load(reloadConfig);
    return await runHooks();
  }
}

async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const asked = (request.url ?? '').split('?', 1)[0];
  const { health_check: health, cgi_scripts: scripts } = config.server;
  const script = scripts.find((one) => one.path === asked);
  if (asked === health.path) response.writeHead(health.response.status);
  else if (script) {
    const { signal } = new AbortController();
    const own = { ...env, ...script.env };
    const { exitCode } = await runCgi(request, response, { script: script.script, env: own, signal });
    const next = 'config/navigator.yml';
    if (exitCode === 0 && isNewer(next)) {
      load(next);
      response.on('close', () => void runHooks().then(() => say({ hooksEnded: true })));
    }
  } else response.writeHead(404);
  response.end();
}

load(path);
const server = createServer((request, response) => void serve(request, response));
server.listen(0, '127.0.0.1', async () => {
  say({ listens: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });
  await runHooks();
  say({ hooksEnded: true });
});
