import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DEPLOY_KEY, Receiver } from '../../support/callbacks/receiver.ts';
import {
  type AdminHost,
  CONFIG_UPDATE,
  type Scene,
  startScene,
} from '../../support/config-update/admin-host.ts';
import { masked, putConfig, putDashboard } from '../../support/config-update/dashboards.ts';
import { ROOT } from '../../support/machine/machine.ts';
import { asBuilt, useSource } from '../../support/machine/use-source.ts';

useSource();
let scene: Scene;
let receiver: Receiver;
beforeEach(async () => {
  scene = await startScene();
  receiver = await Receiver.start();
});
afterEach(async () => await scene.close());

/** Functions that are declared in `callbacks/` and nowhere else. */
const ELSEWHERE = functionsOf('');
const OF_CALLBACKS = new Set([...functionsOf('callbacks')].filter((name) => !ELSEWHERE.has(name)));

function functionsOf(room: string): Set<string> {
  const src = join(ROOT, 'src');
  const files = readdirSync(join(src, room), { recursive: true, encoding: 'utf8' }).filter(
    (name) => name.endsWith('.ts') && !(room === '' && name.startsWith('callbacks')),
  );
  const names = files.flatMap((name) =>
    [...readFileSync(join(src, room, name), 'utf8').matchAll(/\bfunction (\w+)/g)].map(
      ([, found = '']) => found,
    ),
  );
  return new Set(names);
}

/** Names of functions in the parts of the executable that were loaded. */
function loadedIn(directory: string): Set<string> {
  interface Coverage {
    readonly result: readonly {
      readonly url: string;
      readonly functions: readonly { readonly functionName: string }[];
    }[];
  }
  const files = readdirSync(directory).map(
    (name) => JSON.parse(readFileSync(join(directory, name), 'utf8')) as Coverage,
  );
  const scripts = files.flatMap(({ result }) => result).filter(({ url }) => url.endsWith('/config-update'));
  return new Set(scripts.flatMap(({ functions }) => functions.map(({ functionName }) => functionName)));
}

/** Runs it where every system call that opens a file or a connection is written down. */
async function traced(host: AdminHost): Promise<string> {
  const child = spawn(
    'strace',
    [
      '-f',
      '-qq',
      '--seccomp-bpf',
      '-e',
      'trace=openat,mkdir,rename,socket,connect,stat,statx,newfstatat',
      '-s',
      '300',
      CONFIG_UPDATE,
    ],
    { env: { PATH: process.env['PATH'], ...host.env }, stdio: ['ignore', 'ignore', 'pipe'] },
  );
  const [trace, [code]] = await Promise.all([text(child.stderr), once(child, 'close')]);
  expect(code).toBe(0);
  return trace;
}

/** What a terminal of 100 columns gets; pictures of a live list depend on how long the machines take, so its last one. */
async function onTerminal(host: AdminHost): Promise<string> {
  const child = spawn('script', ['-qefc', `stty cols 100 rows 30; exec ${CONFIG_UPDATE}`, '/dev/null'], {
    env: { PATH: process.env['PATH'], TERM: 'xterm', ...host.env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [shown] = await Promise.all([text(child.stdout), once(child, 'close')]);
  return shown.slice(shown.lastIndexOf('Summary:'));
}

/** Hosts that have no dashboard, each in another way. */
const STANDALONE: readonly [string, (host: AdminHost) => string[]][] = [
  [
    'with a deploy.enc that names none',
    (host) => {
      host.env = { ...host.env, DEPLOY_KEY };
      putConfig(host, 'application: {name: shop}\n');
      return [];
    },
  ],
  [
    'with --no-dashboard',
    (host) => {
      putDashboard(host, receiver);
      return ['--no-dashboard'];
    },
  ],
];

/** A run in each of these, one after the other. */
const FORMS = [[], ['--json'], ['--events'], ['--verbose']].map((form) => ['--concurrency', '1', ...form]);

let plain: Promise<string[]> | undefined;
/** What a host without a deploy.enc says in these forms, masked: it is the same for all tests. */
function saidWithoutDashboard(): Promise<string[]> {
  plain ??= (async () => {
    const own = await startScene();
    try {
      const host = own.host();
      const said: string[] = [];
      for (const args of FORMS) said.push(masked((await host.configUpdate(args)).stdout));
      return said;
    } finally {
      await own.close();
    }
  })();
  return plain;
}

describe('without a dashboard, config-update', () => {
  it.each(STANDALONE)('says and does the same as without a deploy.enc: %s', async (_, arrange) => {
    const host = scene.host();
    const args = arrange(host);
    for (const [at, without] of (await saidWithoutDashboard()).entries()) {
      const given = await host.configUpdate([...(FORMS[at] ?? []), ...args]);
      expect(given.exitCode).toBe(0);
      expect(given.stderr).toBe('');
      expect(masked(given.stdout)).toBe(without);
    }
    const isOfDashboard = (name: string) => /outbox|nvoi|deploy/.test(name);
    expect(readdirSync(host.home, { recursive: true, encoding: 'utf8' }).filter(isOfDashboard)).toEqual([
      'rails/deploy.enc',
    ]);
    expect(receiver.seen).toEqual([]);
  });

  it('shows the same on a terminal', async () => {
    const plain = scene.host();
    const host = scene.host();
    putConfig(host, 'application: {name: shop}\n');
    host.env = { ...host.env, DEPLOY_KEY };
    await plain.configUpdate();
    expect(masked(await onTerminal(host))).toBe(masked(await onTerminal(plain)));
  });

  it('loads nothing of callbacks/, which it does with one', async () => {
    asBuilt();
    expect(OF_CALLBACKS.size).toBeGreaterThan(50);
    const loaded = async (host: AdminHost, args: string[] = []) => {
      const coverage = join(host.home, 'coverage');
      mkdirSync(coverage);
      await host.configUpdate(args, { env: { NODE_V8_COVERAGE: coverage } });
      return new Set([...loadedIn(coverage)].filter((name) => OF_CALLBACKS.has(name)));
    };
    expect(await loaded(scene.host())).toEqual(new Set());
    const refused = scene.host();
    putDashboard(refused, receiver);
    expect(await loaded(refused, ['--no-dashboard'])).toEqual(new Set());
    const dry = scene.host();
    putDashboard(dry, receiver);
    expect(await loaded(dry, ['--dry-run'])).toEqual(new Set());
    const told = scene.host();
    putDashboard(told, receiver);
    const names = await loaded(told);
    for (const name of ['openDelivery', 'readDeployConfig', 'ciContextOf', 'messageLines'])
      expect(names).toContain(name);
  });

  it('looks for deploy.enc in two places, makes no file and asks nobody more', async () => {
    const host = scene.host();
    // Compiled code that other runs have left is looked at by its name, code of the outbox too.
    host.env = { ...host.env, UPDATE_CONFIG_CACHE_DIR: join(host.home, 'cache') };
    const trace = await traced(host);
    const looks = [...trace.matchAll(/"([^"]*(?:deploy\.|outbox|nvoi)[^"]*)"/g)].map(([, path]) => path);
    expect(new Set(looks)).toEqual(
      new Set([join(host.appRoot, 'deploy.enc'), join(host.appRoot, 'config/deploy.enc')]),
    );
    const ports = new Set([...trace.matchAll(/sin_port=htons\((\d+)\)/g)].map(([, port]) => Number(port)));
    const known = [host.env['AWS_ENDPOINT_URL_S3'], host.env['FLEET_FLY_URL']].map((url = '') =>
      Number(new URL(url).port),
    );
    expect(ports).toEqual(new Set(known));
  });
});
