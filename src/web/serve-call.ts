import { upgradeWebSocket } from '@hono/node-server';
import { Failure } from '../failure.ts';
import { parseAuthorization } from '../http/credentials.ts';
import { type Outer, outerOf } from '../http/forwarded.ts';
import { forbidden, notFound } from '../http/http-failures.ts';
import { quoted } from '../text.ts';
import { FormFields, readForm } from './form-fields.ts';
import { readIncoming } from './incoming-body.ts';
import { involvementOf } from './involved.ts';
import { FORM_TOKEN, tokenOf } from './layout/form-token.ts';
import { refuseOtherSites } from './other-sites.ts';
import { type Person, personOf } from './person.ts';
import { noticeOf } from './reply.ts';
import type { Call, Frame, Route } from './route.ts';
import type { WebContext } from './web-context.ts';
import type { WebRequest } from './web-request.ts';

/** Milliseconds that a body may take which has a place. */
const BODY_MS = 10_000;

interface Asked {
  readonly c: WebRequest;
  readonly frame: Frame;
  readonly context: WebContext;
}

/**
 * Lets a request go on to its body, with the place that it has for that, or answers it before.
 *
 * @throws {Failure} for a refusal
 */
export async function admitCall(
  route: Route,
  { c, context, next }: { c: WebRequest; context: WebContext; next: () => Promise<void> },
): Promise<Response | undefined> {
  if (route.signed) c.set('isProgram', true);
  const admitted = route.admit?.({ headers: c.req.raw.headers, outer: outerFor(c, context) }, context);
  if (admitted instanceof Response) return admitted;
  c.set('place', admitted ?? null);
  try {
    await next();
  } finally {
    admitted?.leave();
  }
  return undefined;
}

/** Looks at who asks for a route, and from where, before anything of it is answered. @throws {Failure} for a refusal */
export async function answerCall(route: Route, { c, frame, context }: Asked): Promise<Response> {
  const outer = outerFor(c, context);
  if (!route.signed) refuseOtherSites({ method: c.req.method, headers: c.req.raw.headers, outer }, context);
  const identify = once(async () => {
    const person = await whoAsks(c, outer, context);
    c.set('person', person);
    return person;
  });
  const params = c.req.param() as Record<string, string>;
  const person = route.who === 'public' ? null : await mayAsk(route, params, await identify(), context);
  const body = route.method === 'POST' ? await bodyOf(c, route) : Buffer.alloc(0);
  const form = route.method === 'POST' && !route.signed ? formOf(c, body, person, context) : new FormFields();
  const { searchParams } = new URL(c.req.url);
  const call: Call = {
    ...frame,
    person,
    method: route.method,
    path: c.req.path,
    params,
    query: searchParams,
    form,
    body,
    headers: c.req.raw.headers,
    outer,
    formToken: tokenOf(person, context.seals),
    notice: noticeIn(searchParams, person, context),
    signal: AbortSignal.any([c.req.raw.signal, context.ending]),
    identify,
    // What has an answer of its own was not taken for a handshake.
    upgrade: async (events) => (c.env.outgoing ? null : ((await upgradeWebSocket(c, events)) ?? null)),
  };
  return await route.answer(call, context);
}

function outerFor(c: WebRequest, { isTrusted }: WebContext): Outer {
  const { headers, socket } = c.env.incoming;
  return outerOf(headers, socket.remoteAddress ?? '', isTrusted);
}

/** @throws {Failure} `body-incomplete`, `busy` */
async function bodyOf(c: WebRequest, { bodyMs = BODY_MS }: Route): Promise<Buffer> {
  const place = c.get('place');
  return place ? readIncoming(c.env.incoming, place, bodyMs) : Buffer.from(await c.req.arrayBuffer());
}

/** Null for a request without a login. @throws {Failure} `unauthorized` for one that is wrong */
async function whoAsks(
  c: WebRequest,
  outer: Outer,
  { logins, people, log }: WebContext,
): Promise<Person | null> {
  const credentials = parseAuthorization(c.req.header('authorization'));
  if (credentials?.scheme !== 'basic') return null;
  const known = await people().catch((error) => {
    throw withoutDetails(error, log);
  });
  if (await logins.isRight(credentials, outer.address, known.users))
    return personOf(credentials.userid, known);
  log.warn(`a login as ${quoted(credentials.userid)} from ${outer.address} failed`);
  throw unauthorized('this name and password are not right');
}

/** Whoever has not logged in is told nothing of this host's files. */
function withoutDetails(error: unknown, log: WebContext['log']): unknown {
  if (!(error instanceof Failure)) return error;
  log.warn(`nobody can log in: ${error.message}`);
  return new Failure(error.code, 'the index of this host cannot be read', {
    hint: 'Nobody can log in before it can. The log of showcase-web says why.',
    cause: error,
  });
}

async function mayAsk(
  { who }: Route,
  params: Readonly<Record<string, string>>,
  person: Person | null,
  context: WebContext,
): Promise<Person> {
  if (person === null) throw unauthorized('this page is for people who have logged in');
  const { isAdministrator, owns } = person.rights;
  if (who === 'user' || isAdministrator) return person;
  if (who === 'owner' && owns(params['key'] ?? '')) return person;
  if (who === 'involved') {
    const involvement = involvementOf(person, params['id'] ?? '', context.runs);
    if (involvement === 'missing') throw notFound('this request or run');
    if (involvement === 'involved') return person;
  }
  throw forbidden(`${person.userid} may not see this page`, NOT_ALLOWED[who]);
}

const NOT_ALLOWED: Readonly<Record<Route['who'], string>> = {
  public: '',
  user: '',
  owner: 'It is for owners of the studio. Ask an administrator if you should be one.',
  administrator: 'It is for administrators.',
  involved: 'It is for those who asked for it, and for owners of its studio.',
};

function unauthorized(message: string): Failure {
  return new Failure('unauthorized', message, {
    hint: 'Log in with the name and the password that you have for your showcases. If you have set a new one, log in with that.',
  });
}

/** @throws {Failure} `forbidden` for a form that was not given to this person */
function formOf(c: WebRequest, body: Buffer, person: Person | null, { seals }: WebContext): FormFields {
  const { fields, isJson } = readForm(body, c.req.header('content-type') ?? null);
  const token = fields.text(FORM_TOKEN);
  const isOwnForm = seals.isGood(token, { purpose: 'form', subjects: [person?.userid ?? ''] });
  if (isOwnForm || (isJson && token === '')) return fields;
  throw forbidden(
    'this form is too old, or was not made for you',
    'Go back, reload the page, and send it again.',
  );
}

function noticeIn(query: URLSearchParams, person: Person | null, { seals }: WebContext): string | null {
  const [notice, seal] = [query.get('notice'), query.get('seal')];
  if (notice === null || seal === null) return null;
  return seals.isGood(seal, noticeOf({ person }, notice)) ? notice : null;
}

function once<T>(work: () => Promise<T>): () => Promise<T> {
  let done: Promise<T> | null = null;
  return () => {
    done ??= work();
    return done;
  };
}
