import { execFileSync, spawn } from 'node:child_process';
import { closeSync, constants, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';

/** A process that parses one request from its own environment and standard input, and prints what refuses it. */
const PROGRAM = `
import { standardInput } from '${resolve(import.meta.dirname, '../../../src/cgi/body.ts')}';
import { parseRequest } from '${resolve(import.meta.dirname, '../../../src/cgi/request.ts')}';
const patience = { silentMs: 60_000, announcedMs: 60_000, discardMs: 60_000, ...JSON.parse(process.env.PATIENCE ?? '{}') };
const { refusal } = await parseRequest(process.env, standardInput, patience);
console.log(refusal ? refusal.code : 'accepted');
`;

const folder = mkdtempSync(join(tmpdir(), 'body-'));
const program = join(folder, 'program.mts');
writeFileSync(program, PROGRAM);
afterAll(() => rmSync(folder, { recursive: true }));

interface Input {
  readonly stdin: 'pipe' | 'ignore' | number | Socket;
  readonly env?: Record<string, string>;
  /** Written to a pipe. */
  readonly data?: string;
  /** Whether the pipe is closed behind the data; else it stays open until the process ends by itself. */
  readonly close?: boolean;
}

/** What the process said; it fails the test by its time-out when the process waits for ever. */
async function answer({ stdin, env = {}, data, close = true }: Input): Promise<string> {
  const child = spawn(process.execPath, [program], {
    env: { REQUEST_METHOD: 'POST', ...env },
    stdio: [stdin as 'pipe', 'pipe', 'inherit'],
  });
  child.stdin?.on('error', () => {}); // it need not be read to its end
  if (data !== undefined) child.stdin?.write(data);
  if (close) child.stdin?.end();
  let output = '';
  child.stdout?.on('data', (chunk) => {
    output += chunk;
  });
  const code = await new Promise((done) => child.on('close', done));
  child.stdin?.destroy();
  expect(code).toBe(0);
  return output.trim();
}

/** The read end of a pipe such as Navigator makes (what Node calls one is a socket), with all that was written to it. */
function closedPipe(data: string): number {
  const path = join(folder, 'fifo');
  execFileSync('mkfifo', [path]);
  const reader = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  writeFileSync(path, data);
  rmSync(path);
  return reader;
}

describe('without CONTENT_LENGTH, a body', () => {
  it.each([
    ['', 'accepted'],
    ['x', 'body-not-accepted'],
  ])('is recognised by the bytes that Navigator has put into the pipe: %j is %s', async (data, told) => {
    const stdin = closedPipe(data);
    expect(await answer({ stdin })).toBe(told);
    closeSync(stdin);
  });

  it('is none when the pipe is closed at once', async () => {
    expect(await answer({ stdin: 'pipe' })).toBe('accepted');
  });

  it('is none when standard input is /dev/null', async () => {
    expect(await answer({ stdin: 'ignore' })).toBe('accepted');
  });

  it('is refused when there is a byte in the pipe', async () => {
    expect(await answer({ stdin: 'pipe', data: 'x' })).toBe('body-not-accepted');
  });

  it('is refused without reading on if there is more than a pipe can hold', async () => {
    const env = { PATIENCE: '{"discardMs":1}' };
    expect(await answer({ stdin: 'pipe', data: 'x'.repeat(10_000_000), close: false, env })).toBe(
      'body-not-accepted',
    );
  });

  it('is read to its end even if it is refused, so that the sender is not blocked', async () => {
    expect(await answer({ stdin: 'pipe', data: 'x'.repeat(10_000_000) })).toBe('body-not-accepted');
    const env = { REQUEST_METHOD: 'PUT', CONTENT_LENGTH: '10000000' };
    expect(await answer({ stdin: 'pipe', data: 'x'.repeat(10_000_000), env })).toBe('method-not-allowed');
  });

  it('is refused when standard input is a file that holds it, as lighttpd hands it on', async () => {
    const path = join(folder, 'body');
    writeFileSync(path, 'x');
    expect(await answer({ stdin: openSync(path, 'r') })).toBe('body-not-accepted');
    writeFileSync(path, '');
    expect(await answer({ stdin: openSync(path, 'r') })).toBe('accepted');
  });

  it('is taken to be none when the pipe stays open and silent', async () => {
    const env = { PATIENCE: '{"silentMs":1}' };
    expect(await answer({ stdin: 'pipe', close: false, env })).toBe('accepted');
  });

  it('is refused when it was announced and the pipe stays open and silent', async () => {
    const env = { HTTP_TRANSFER_ENCODING: 'chunked', PATIENCE: '{"announcedMs":1,"discardMs":1}' };
    expect(await answer({ stdin: 'pipe', close: false, env })).toBe('body-not-accepted');
  });

  it('is none when it was announced and turns out to be empty', async () => {
    expect(await answer({ stdin: 'pipe', env: { HTTP_TRANSFER_ENCODING: 'chunked' } })).toBe('accepted');
  });

  it.each([
    ['accepted', ''],
    ['body-not-accepted', 'x'],
  ])('is %s when standard input is a socket with %j', async (expected, data) => {
    const server = createServer();
    const sockets: Socket[] = [];
    server.on('connection', (socket) => {
      sockets.push(socket);
      socket.end(data);
    });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    const address = server.address();
    const socket = connect(typeof address === 'object' && address ? address.port : 0, '127.0.0.1');
    await new Promise((done) => socket.on('connect', done));
    expect(await answer({ stdin: socket })).toBe(expected);
    socket.destroy();
    for (const each of sockets) each.destroy();
    server.close();
  });
});

describe('with CONTENT_LENGTH 0', () => {
  it('a request may leave standard input open, with any content', async () => {
    const env = { CONTENT_LENGTH: '0' };
    expect(await answer({ stdin: 'pipe', data: 'x', close: false, env })).toBe('accepted');
  });
});

describe('with a CONTENT_LENGTH above 0', () => {
  it('a request whose body never comes is refused', async () => {
    expect(
      await answer({
        stdin: 'pipe',
        close: false,
        env: { CONTENT_LENGTH: '5', PATIENCE: '{"discardMs":1}' },
      }),
    ).toBe('body-not-accepted');
  });
});
