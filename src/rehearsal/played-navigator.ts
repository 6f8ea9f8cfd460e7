import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { dirname } from 'node:path';
import { StringDecoder } from 'node:string_decoder';

/** Where an answer goes as it comes; an HTTP response is one. */
export interface AnswerSink {
  setHeader(name: string, value: string): unknown;
  writeHead(status: number): unknown;
  write(chunk: Buffer): unknown;
}

export interface CgiOptions {
  /** The executable. */
  readonly script: string;
  /** Navigator's environment and the route's `env`; nothing is added from this process's own. */
  readonly env: Readonly<Record<string, string>>;
  /** Kills the executable when it is aborted: the client has gone, or the time is up. */
  readonly signal: AbortSignal;
}

/** How the executable ended. */
export interface CgiEnd {
  readonly pid: number;
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stderr: string;
}

/**
 * Runs an executable for one request as Navigator does (rubys/navigator internal/cgi/handler.go): in its own directory,
 * with CGI's variables, the request's body on standard input, the status from a `Status` line alone, and SIGKILL to the
 * direct child. Requests do not wait for each other.
 *
 * @throws what starting the executable throws, such as ENOENT
 */
export async function runCgi(
  request: IncomingMessage,
  sink: AnswerSink,
  options: CgiOptions,
): Promise<CgiEnd> {
  const { script, env, signal } = options;
  const child = spawn(script, [], {
    cwd: dirname(script),
    env: { ...env, ...cgiVariables(request) },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const kill = (): void => void child.kill('SIGKILL');
  const ended = endOf(child);
  if (signal.aborted) kill();
  signal.addEventListener('abort', kill);
  try {
    child.stdin.on('error', () => {}); // the child need not read
    request.pipe(child.stdin);
    request.on('error', () => child.stdin.destroy());
    let stderr = '';
    child.stderr.on('data', (chunk) => {
      stderr += chunk;
    });
    relay(child.stdout, sink);
    const [exitCode, killed] = await ended;
    return { pid: child.pid ?? 0, exitCode, signal: killed, stderr };
  } finally {
    signal.removeEventListener('abort', kill);
  }
}

async function endOf(child: ChildProcess): Promise<[number | null, NodeJS.Signals | null]> {
  return (await once(child, 'close')) as [number | null, NodeJS.Signals | null];
}

function cgiVariables(request: IncomingMessage): Record<string, string> {
  const { pathname, search } = new URL(request.url ?? '/', 'http://localhost');
  const { headers, socket } = request;
  const variables: Record<string, string> = {
    GATEWAY_INTERFACE: 'CGI/1.1',
    SERVER_PROTOCOL: `HTTP/${request.httpVersion}`,
    SERVER_SOFTWARE: 'Navigator',
    REQUEST_METHOD: request.method ?? '',
    QUERY_STRING: search.slice(1),
    SCRIPT_NAME: pathname,
    PATH_INFO: '',
    SERVER_NAME: headers.host ?? 'localhost',
    REMOTE_ADDR: `${socket.remoteAddress}:${socket.remotePort}`,
    CONTENT_TYPE: headers['content-type'] ?? '',
    // In Go the length of a chunked body is unknown.
    CONTENT_LENGTH: headers['content-length'] ?? '',
  };
  for (const [name, values] of Object.entries(request.headersDistinct)) {
    // Go takes these out of the headers.
    if (['host', 'content-type', 'content-length', 'transfer-encoding'].includes(name)) continue;
    variables[`HTTP_${name.toUpperCase().replaceAll('-', '_')}`] = (values ?? []).join(',');
  }
  return variables;
}

/** Reads header lines up to an empty one, then hands on what follows as it comes. */
function relay(stdout: NodeJS.ReadableStream, sink: AnswerSink): void {
  const decoder = new StringDecoder('latin1');
  let head: string | null = '';
  const begin = (text: string): void => {
    const end = /\r?\n\r?\n/.exec(text);
    const lines = (end ? text.slice(0, end.index) : text).split(/\r?\n/);
    let status = 200;
    for (const line of lines) {
      const colon = line.indexOf(':');
      if (colon < 0) continue;
      const [name, value] = [line.slice(0, colon).trim(), line.slice(colon + 1).trim()];
      if (name.toLowerCase() === 'status') status = Number.parseInt(value, 10) || status;
      else sink.setHeader(name, value);
    }
    sink.writeHead(status);
    head = null;
    if (end) sink.write(Buffer.from(text.slice(end.index + end[0].length), 'latin1'));
  };
  stdout.on('data', (chunk: Buffer) => {
    if (head === null) {
      sink.write(chunk);
      return;
    }
    head += decoder.write(chunk);
    if (/\r?\n\r?\n/.test(head)) begin(head);
  });
  stdout.on('end', () => {
    if (head !== null) begin(head);
  });
}
