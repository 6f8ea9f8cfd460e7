import { once } from 'node:events';
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Scene, startScene } from '../../support/config-update/admin-host.ts';
import { asBuilt, useSource } from '../../support/machine/use-source.ts';

const PASSWORD = 'pass-word-of-ada';
const BASIC = Buffer.from(`ada:${PASSWORD}`).toString('base64');
const TOKEN = 'FlyV1 fm2_token-of-fly';
const BEARER = 'bearer-of-the-machines';

useSource();
let scene: Scene;
let bodies: string[];
let sink: ReturnType<typeof createServer>;
beforeEach(async () => {
  scene = await startScene();
  bodies = [];
  sink = createServer(async (request, response) => {
    bodies.push(await text(request));
    response.end();
  }).listen(0, '127.0.0.1');
  await once(sink, 'listening');
});
afterEach(async () => {
  sink.close();
  await scene.close();
});

/** A machine that repeats everything that it was sent, where a reader may see it. */
function tellTale(id: string, status: number): void {
  scene.fleet.behave(id, (response) => {
    const sent = scene.fleet.headers.at(-1)?.['authorization'] ?? '';
    const plain = Buffer.from(sent.replace('Basic ', ''), 'base64').toString('latin1');
    const said = `${sent} ${sent.split(' ').at(-1)} ${plain.slice(4)} ${TOKEN} $2b$12$abcdefghijklmnopqrstuv`;
    const error = { code: 'internal', message: said, hint: said };
    const result = { machine: id, outcome: 'failed', index: { etag: said.slice(0, 190) }, error };
    response.writeHead(status).end(`${said}\nRESULT ${JSON.stringify(result)}\n`);
  });
}

const FORMS = [[], ['--json', '--verbose'], ['--verbose'], ['--verify'], ['--dry-run'], ['--history']];
/** All forms for the one that is sent in another way than the rest, and for the one that is among the arguments. */
const FEW = [['--verbose'], ['--verify']];

const WAYS: readonly [string, string[], Record<string, string>, string[][]][] = [
  ['--user', ['--user', `ada:${PASSWORD}`], {}, FORMS],
  ['the environment', [], { FLEET_USER: 'ada', FLEET_PASSWORD: PASSWORD }, FEW],
  ['netrc', [], { NETRC: 'netrc' }, FEW],
  ['a bearer token', [], { UPDATE_CONFIG_TOKEN: BEARER }, FORMS],
];

describe('no secret of config-update', () => {
  it.each(WAYS)('that comes by %s is ever shown', async (_, args, env, forms) => {
    const host = scene.host();
    const logs = join(host.home, 'log');
    mkdirSync(logs);
    const netrc = join(host.home, 'netrc');
    writeFileSync(netrc, `machine 127.0.0.1 login ada password ${PASSWORD}\n`, { mode: 0o600 });
    tellTale('m1', 200);
    tellTale('m2', 400);
    const url = `http://127.0.0.1:${(sink.address() as AddressInfo).port}/_broadcast`;
    const all = {
      RAILS_LOG_VOLUME: logs,
      FLY_ACCESS_TOKEN: TOKEN,
      ...env,
      ...(env['NETRC'] ? { NETRC: netrc } : {}),
    };
    const seen: string[] = [];
    for (const form of forms) {
      const told = form[0] === '--history' ? [] : ['--broadcast', 'job', '--broadcast-url', url];
      const { stdout, stderr } = await host.configUpdate([...args, ...form, ...told], { env: all });
      seen.push(stdout, stderr);
    }
    const sent = scene.fleet.headers.map((headers) => headers['authorization']);
    expect(sent).toContain(env['UPDATE_CONFIG_TOKEN'] ? `Bearer ${BEARER}` : `Basic ${BASIC}`);
    expect(bodies.length).toBeGreaterThan(2 * forms.length);
    for (const name of readdirSync(logs)) seen.push(readFileSync(join(logs, name), 'utf8'));
    const state = join(host.dbDir, '.update_config');
    for (const name of readdirSync(state)) {
      if (statSync(join(state, name)).isFile()) seen.push(readFileSync(join(state, name), 'latin1'));
    }
    const keys = [scene.published.settings.secretAccessKey, PASSWORD, BASIC, BEARER, TOKEN, '$2b$12$abc'];
    for (const secret of keys) {
      const where = [...seen, ...bodies].flatMap((one) => one.split('\n'));
      expect(where.filter((line) => line.includes(secret)).slice(0, 2)).toEqual([]);
    }
  });

  it('is quoted from arguments that cannot be understood', async () => {
    asBuilt();
    const host = scene.host();
    // `test/unit/app/options/config-update-mistakes.test.ts` has more of these.
    for (const args of [
      ['--timeout', PASSWORD],
      ['--broadcast', 'x', '--broadcast-url', `http://ada:${PASSWORD}@localhost/`],
    ]) {
      const { exitCode, stdout, stderr } = await host.configUpdate(args);
      expect({ args, exitCode }).toEqual({ args, exitCode: 2 });
      expect(stdout + stderr).not.toContain(PASSWORD);
    }
  });

  it('is passed as an argument, where ps shows it, without a warning', async () => {
    asBuilt();
    const { stdout } = await scene.host().configUpdate(['--user', `ada:${PASSWORD}`]);
    expect(stdout).toMatch(/^Note: a password among the arguments can be read by everybody on this host/);
  });
});
