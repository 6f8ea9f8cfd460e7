import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Machine } from '../../support/machine/machine.ts';
import { open } from '../../support/servers/raw-http.ts';
import { SHOWCASE_WEB, WebProcess, withWebIndex } from '../../support/web/web-process.ts';

let machine: Machine;
const started: WebProcess[] = [];

function start(args?: readonly string[], env: NodeJS.ProcessEnv = {}): WebProcess {
  const server = new WebProcess(machine, args, env);
  started.push(server);
  return server;
}

beforeEach(() => {
  machine = withWebIndex(new Machine());
});

afterEach(async () => {
  await Promise.all(started.splice(0).map((server) => server.stop('SIGKILL')));
  machine.remove();
});

describe('the server', () => {
  it('says where it listens, and who it is, and keeps its state where nobody else can read it', async () => {
    const server = start();
    const up = await (await server.ask('/up')).json();
    expect(up).toMatchObject({ server: 'showcase-web', pid: server.child.pid });
    expect((await server.ask('/requests/', 'owner')).status).toBe(200);
    const state = join(machine.dbDir, '.showcase-web');
    expect(statSync(state).mode & 0o777).toBe(0o700);
    expect(statSync(join(state, 'web.key')).mode & 0o777).toBe(0o600);
    expect(existsSync(join(state, 'runs.sqlite3'))).toBe(true);
  });

  it('says at its start if nothing tells it where events are seen', async () => {
    const without = start();
    await without.ask('/up');
    await expect.poll(() => without.stderr).toContain('PUBLIC_URL_FLY is not set');
  });

  it('stands at the root where the site does', async () => {
    const server = start(undefined, { KAMAL_CONTAINER_NAME: 'web' });
    expect(new URL(await server.url()).pathname).toBe('/');
    expect((await server.ask('/requests/', 'owner')).status).toBe(200);
  });

  it('keeps its state private also behind a link', async () => {
    const [real, link] = [join(machine.home, 'real'), join(machine.home, 'link')];
    mkdirSync(real, { mode: 0o755 });
    symlinkSync('real', link);
    const server = start(undefined, { WEB_STATE_DIR: link });
    await server.url();
    expect(statSync(real).mode & 0o777).toBe(0o700);
    expect(existsSync(join(real, 'runs.sqlite3'))).toBe(true);
  });

  it('keeps the key of its forms over a restart, and makes one anew of a damaged one', async () => {
    const key = join(machine.dbDir, '.showcase-web', 'web.key');
    const keyOf = async (): Promise<string> => {
      const server = start();
      await server.url();
      await server.stop('SIGKILL');
      return readFileSync(key).toString('hex');
    };
    const first = await keyOf();
    expect(first).toHaveLength(64);
    expect(await keyOf()).toBe(first);
    writeFileSync(key, 'short');
    const next = await keyOf();
    expect(next).toHaveLength(64);
    expect(next).not.toBe(first);
  });

  it('logs without the password of a login that failed, and no caution where all is set', async () => {
    const server = start(undefined, { PUBLIC_URL_FLY: 'https://smooth.example/showcase' });
    const authorization = `Basic ${Buffer.from('ada:my-secret').toString('base64')}`;
    await fetch(`${await server.url()}/requests/`, { headers: { authorization } });
    await server.stop();
    expect(server.stderr).toContain('a login as \\"ada\\" from 127.0.0.1 failed');
    expect(server.stderr).toContain('listening on');
    expect(server.stderr).not.toContain('is not set');
    expect(server.stderr).not.toContain('my-secret');
    expect(server.stderr).not.toContain(authorization.slice(6));
  });

  it('logs into its file where there is a directory for it', async () => {
    const logDir = machine.dbDir;
    const server = start(undefined, { RAILS_LOG_VOLUME: logDir });
    await server.url();
    await server.stop();
    expect(readFileSync(join(logDir, 'showcase-web.log'), 'utf8')).toContain('listening on http://127.0.0.1');
    expect(server.stderr).toBe('');
  });
});

describe('the end', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)(
    'comes by %s, with the exit code 0, and waits for no connection that asks for nothing, or not all of it',
    async (signal) => {
      const server = start();
      const { port } = new URL(await server.url());
      const sockets = await Promise.all(Array.from({ length: 20 }, () => open(Number(port))));
      for (const socket of sockets)
        socket.on('error', () => {}).write('POST /showcase/up HTTP/1.1\r\nHost: x\r\n');
      expect(await server.stop(signal)).toBe(0);
    },
  );

  it('comes when the parent is gone, where that was asked for', async () => {
    const code = `
      const { spawn } = require('node:child_process');
      const child = spawn(process.argv[1], ['--listen', '127.0.0.1:0', '--with-parent'], { stdio: ['ignore', 'pipe', 'ignore'] });
      child.stdout.on('data', (text) => process.stdout.write(child.pid + ' ' + text));`;
    const env = { PATH: process.env['PATH'], ...machine.env };
    const parent = spawn(process.execPath, ['-e', code, SHOWCASE_WEB], {
      env,
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    let said = '';
    parent.stdout.setEncoding('utf8').on('data', (text: string) => {
      said += text;
    });
    await expect.poll(() => said).toContain('Listening');
    const [pid = '', , , url = ''] = said.trim().split(' ');
    expect((await fetch(`${url}up`)).status).toBe(200);
    parent.kill('SIGKILL');
    await once(parent, 'exit');
    await expect.poll(() => existsSync(`/proc/${pid}`)).toBe(false);
  });
});

describe('a server that cannot begin', () => {
  const failed = async (server: WebProcess) => ({ code: await server.ended, said: server.stderr });

  it('says who holds its port', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as { port: number };
    const { code, said } = await failed(start(['--listen', `127.0.0.1:${port}`]));
    other.close();
    expect(code).toBe(1);
    expect(said).toMatch(
      new RegExp(
        `Failed \\(config-invalid\\): cannot listen on 127\\.0\\.0\\.1:${port}: .*\\(process ${process.pid}\\) listens there`,
      ),
    );
  });

  it('leaves the state directory to the server that has it', async () => {
    const first = start();
    await first.url();
    const { code, said } = await failed(start());
    expect([code, said]).toEqual([
      1,
      expect.stringContaining('Failed (busy): another process has the runs in'),
    ]);
    expect((await first.ask('/up')).status).toBe(200);
  });

  it('by a setting that makes no sense says which', async () => {
    const { code, said } = await failed(start([], { WEB_LISTEN: 'everywhere' }));
    expect([code, said]).toEqual([1, expect.stringContaining('WEB_LISTEN is "everywhere"')]);
  });

  it('by an unknown option says where to look', async () => {
    const { code, said } = await failed(start(['--port', '1']));
    expect([code, said]).toEqual([2, expect.stringContaining('showcase-web --help')]);
  });
});
