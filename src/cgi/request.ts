import { Failure } from '../failure.ts';
import { type Credentials, parseAuthorization } from '../http/credentials.ts';
import { type AnswerForm, preferredForm } from './accept.ts';
import { discardBody, type Input, lookForBody } from './body.ts';
import { type Push, readPush } from './push-request.ts';

export type { Input };

/** A CGI/1.1 request (RFC 3875), as far as this project cares. */
export interface Request {
  /** As the server gave it, such as `POST`. */
  readonly method: string;
  /** `?dry_run=1` */
  readonly dryRun: boolean;
  /** `?force=1` */
  readonly force: boolean;
  /** `?state=1`: only report the state, change nothing. */
  readonly state: boolean;
  /** Form of the answer, from `Accept`. */
  readonly form: AnswerForm;
  /** What `Authorization` holds; null for nothing that could be proved. */
  readonly credentials: Credentials | null;
  /** The index that it brings, whose body is still to be read; null for none. */
  readonly push: Push | null;
  /** Why the request cannot be served for any sender (405, 400, 415); null if it can. */
  readonly refusal: Failure | null;
}

/** Milliseconds to wait for what a client may never send. */
export interface Patience {
  /** For a body that was not announced, from a server that leaves standard input open. */
  readonly silentMs: number;
  /** For the first byte, or the end, of a body that `Transfer-Encoding` announced. */
  readonly announcedMs: number;
  /** For the end of a body that is refused. */
  readonly discardMs: number;
}

const PATIENCE: Patience = { silentMs: 3_000, announcedMs: 15_000, discardMs: 1_000 };

/** True when a CGI server started this process; then its command line arguments mean nothing. */
export function isCgi(env: NodeJS.ProcessEnv): boolean {
  return Boolean(env['REQUEST_METHOD'] || env['GATEWAY_INTERFACE']);
}

/**
 * Reads a request. Never throws and never hangs: what is wrong with the request is its `refusal`, so that even a refused
 * request is answered in the form it asked for. Standard input is only looked at where a body decides something.
 */
export async function parseRequest(
  env: NodeJS.ProcessEnv,
  input: Input,
  patience: Patience = PATIENCE,
): Promise<Request> {
  const method = env['REQUEST_METHOD'] || 'GET';
  const query = parseQuery(env['QUERY_STRING'] ?? '');
  let refusal = refuseMethod(method) ?? query.problem;
  const push = refusal || query.state ? null : pushOf(env);
  if (push instanceof Failure) refusal = push;
  else if (!push) refusal ??= await refuseBody(env, input, patience);
  if (refusal && (refusal.code === 'body-not-accepted' || announcesBody(env))) {
    await discardRest(input, patience);
  }
  return {
    method,
    dryRun: query.dryRun,
    force: query.force,
    state: query.state,
    form: preferredForm(env['HTTP_ACCEPT']),
    credentials: parseAuthorization(env['HTTP_AUTHORIZATION']),
    push: push instanceof Failure ? null : push,
    refusal,
  };
}

/** Takes what is left of a body that is not wanted, so that its sender gets to the answer. */
export async function discardRest(input: Input, patience: Patience = PATIENCE): Promise<void> {
  await discardBody(input, patience.discardMs);
}

/** A length that is not a number is refused like every other body. */
function pushOf(env: NodeJS.ProcessEnv): Push | Failure | null {
  const length = (env['CONTENT_LENGTH'] ?? '').trim();
  if (!/^[0-9]*$/.test(length)) return null;
  try {
    return readPush(env, length === '' ? null : Number(length));
  } catch (error) {
    if (error instanceof Failure) return error;
    throw error;
  }
}

function refuseMethod(method: string): Failure | null {
  if (method === 'POST') return null;
  return new Failure('method-not-allowed', `${printable(method)} is not allowed here`, {
    hint: 'Send a POST request without a body.',
  });
}

interface Query {
  readonly dryRun: boolean;
  readonly force: boolean;
  readonly state: boolean;
  readonly problem: Failure | null;
}

/** All that a query may ask for. */
const FLAGS = ['dry_run', 'force', 'state'] as const;

/**
 * Unknown input is refused: `dry-run=1`, `dry_run=yes`, a bare `dry_run` or `a;dry_run=1` (a semicolon is not a
 * separator) is not a request for a real update.
 */
function parseQuery(text: string): Query {
  const query = new URLSearchParams(text);
  const flags = { dry_run: false, force: false, state: false };
  let problem: Failure | null = null;
  const wrong = (message: string): void => {
    problem ??= new Failure('usage', message, {
      hint: 'Use ?dry_run=1, ?force=1, ?state=1, or none of them; between two stands &.',
    });
  };
  for (const name of new Set(query.keys())) {
    const flag = FLAGS.find((known) => known === name);
    if (flag === undefined) {
      const meant = FLAGS.find((known) => isAlike(lettersOf(name), lettersOf(known)));
      const shown = JSON.stringify(printable(name));
      wrong(`there is no parameter ${shown}${meant === undefined ? '' : ` (is ${meant} meant?)`}`);
      continue;
    }
    const values = new Set(query.getAll(flag));
    if (values.size !== 1 || !(values.has('1') || values.has('0'))) wrong(`${flag} must be 1 or 0`);
    flags[flag] = values.has('1');
  }
  if (flags.state && (flags.dry_run || flags.force))
    wrong('state=1 cannot be combined with dry_run=1 or force=1');
  return { dryRun: flags.dry_run, force: flags.force, state: flags.state, problem };
}

function lettersOf(name: string): string {
  return name
    .slice(0, 100)
    .toLowerCase()
    .replace(/[^a-z]/g, '');
}

/** Whether one holds the other, or all letters but one are the same, in whatever order. */
function isAlike(name: string, known: string): boolean {
  if (name.length >= 3 && (name.includes(known) || known.includes(name))) return true;
  let rest = name;
  for (const letter of known) rest = rest.replace(letter, '');
  return Math.abs(name.length - known.length) <= 1 && name.length - rest.length >= known.length - 1;
}

/**
 * A body is refused. `CONTENT_LENGTH` is believed as far as it goes: `0` means none, more means one, whatever arrives.
 * Without it a body may still come (a chunked request, which some servers pass on without a word).
 */
async function refuseBody(env: NodeJS.ProcessEnv, input: Input, patience: Patience): Promise<Failure | null> {
  const length = (env['CONTENT_LENGTH'] ?? '').trim();
  if (/^0+$/.test(length)) return null;
  if (/^[0-9]+$/.test(length)) return bodyRefusal(`a body of ${length.slice(0, 20)} bytes was sent`);
  if (length !== '') {
    return new Failure('usage', `CONTENT_LENGTH ${printable(length)} is not a number`, {
      hint: 'Send a POST request without a body.',
    });
  }
  const announced = Boolean(env['HTTP_TRANSFER_ENCODING']);
  const found = await lookForBody(input, announced ? patience.announcedMs : patience.silentMs);
  if (found === 'body') return bodyRefusal('a body was sent');
  return found === 'silent' && announced ? bodyRefusal('a body was announced but never came') : null;
}

function announcesBody(env: NodeJS.ProcessEnv): boolean {
  const length = env['CONTENT_LENGTH'] ?? '';
  return /[^0 ]/.test(length) || Boolean(env['HTTP_TRANSFER_ENCODING']);
}

function bodyRefusal(what: string): Failure {
  return new Failure('body-not-accepted', `${what}, and none is accepted`, {
    hint: 'Send the POST request without a body (curl -X POST, without -d). Only an index may come along, signed and as application/vnd.sqlite3.',
  });
}

/** Text of a stranger, short and harmless enough to be repeated. */
function printable(text: string): string {
  const harmless = text.slice(0, 40).replace(/[^\x20-\x7e]/g, '?');
  return text.length > 40 ? `${harmless}...` : harmless;
}
