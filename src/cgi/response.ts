import type { Status } from '../http/status.ts';
import type { AnswerForm } from './accept.ts';

export interface Response {
  readonly status: Status;
  readonly form: AnswerForm;
  readonly body: string;
  /** The clock of this machine: to one that is not let in it may say why. */
  readonly now?: Date;
}

const TYPE: Readonly<Record<AnswerForm, string>> = {
  text: 'text/plain; charset=utf-8',
  json: 'application/json; charset=utf-8',
};

/**
 * A whole CGI/1.1 response, to be written to standard output in one piece. `Status` comes first: Navigator takes the
 * status from nothing else. Lines end in CRLF, which Navigator, lighttpd and Apache all take. There is no `Content-Length`,
 * so the answer ends with this process: a client that had all of it earlier would close the connection, and Navigator would
 * kill this process at its end, count that as a failure, and not reload.
 */
export function renderResponse(response: Response): string {
  const { status, body } = response;
  const headers: Record<string, string> = {
    Status: `${status.status} ${status.reason}`,
    'Content-Type': TYPE[response.form],
    'Cache-Control': 'no-store',
    'X-Content-Type-Options': 'nosniff',
    ...status.headers,
    ...(response.now ? { Date: response.now.toUTCString() } : {}),
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${headerValue(value)}\r\n`);
  return `${lines.join('')}\r\n${body}`;
}

/** One line of printable ASCII, whatever the value held: a header can never become two, nor end the headers. */
function headerValue(value: string): string {
  return value.replace(/[^\x20-\x7e]+/g, ' ').trim();
}
