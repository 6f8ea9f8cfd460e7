import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Served } from './serve.ts';

/** The most characters of a request to the simulator itself. */
const MAX_BODY = 64 * 1024;

/** Null for one that is too long. */
export async function readBody(request: IncomingMessage): Promise<string | null> {
  let body = '';
  for await (const chunk of request.setEncoding('utf8')) if (body.length <= MAX_BODY) body += chunk;
  return body.length <= MAX_BODY ? body : null;
}

export function parseJson(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return null;
  }
}

export function send(response: ServerResponse, status: number, body: string): Served {
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' }).end(body);
  return { status, detail: body.trim() };
}

export function sendJson(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): void {
  response
    .writeHead(status, { 'content-type': 'application/json', ...headers })
    .end(`${JSON.stringify(body)}\n`);
}
