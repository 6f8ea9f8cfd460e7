import { Hono } from 'hono';
import { accepts } from 'hono/accepts';
import { bodyLimit } from 'hono/body-limit';
import { Failure } from '../failure.ts';
import { SECURITY_HEADERS } from '../http/headers.ts';
import { MethodNotAllowed, notFound } from '../http/http-failures.ts';
import { type InnerPath, innerPathOf, relativeTo } from './inner-path.ts';
import { renderProblem } from './problem.ts';
import type { Frame, Route } from './route.ts';
import { admitCall, answerCall } from './serve-call.ts';
import type { WebContext } from './web-context.ts';
import type { WebEnvironment, WebRequest } from './web-request.ts';

/** Bytes of a body: a form with everything that fits into an index row is a tenth of that. */
const MAX_BODY = 64 * 1024;

/** The server's answers: these routes below the base path, and what is said where there is none. */
export function createApplication(routes: readonly Route[], context: WebContext): Hono<WebEnvironment> {
  const { base } = context;
  const pages = new Set(routes.flatMap(({ method, path }) => (method === 'GET' ? [path] : [])));
  const folders = new Set([...pages].filter((path) => path.endsWith('/')));
  const innerOf = (url: string): InnerPath | null => innerPathOf(pathnameOf(url), base, folders);
  const app = new Hono<WebEnvironment>({ getPath: ({ url }) => innerOf(url)?.path ?? OUTSIDE });

  const frameOf = (c: WebRequest): Frame => {
    const { isJson, up } = innerOf(c.req.url) ?? NOWHERE;
    return {
      link: (path) => relativeTo(up, path),
      wantsJson:
        isJson ||
        c.get('isProgram') === true ||
        accepts(c, { ...ACCEPTED, supports: ['text/html', JSON_TYPE] }) === JSON_TYPE,
      person: c.get('person') ?? null,
      hasPage: (path) => pages.has(path),
    };
  };

  app.use(async (c, next) => {
    const began = performance.now();
    await next();
    const [route, seconds] = [c.get('route') ?? null, (performance.now() - began) / 1000];
    context.meters.answered({ route, method: c.req.method, status: c.res.status, seconds });
    for (const [name, value] of Object.entries(SECURITY_HEADERS))
      if (!c.res.headers.has(name)) c.res.headers.set(name, value); // a page may have reasons to be stricter
  });
  app.use(async (_, next) => {
    if (context.ending.aborted)
      throw new Failure('busy', 'this server is ending', { hint: 'Try again in a moment.' });
    await next();
  });
  for (const route of routes) {
    const limit = bodyLimit({
      maxSize: route.maxBytes ?? MAX_BODY,
      onError: () => {
        throw tooLarge(route);
      },
    });
    app.on(
      route.method,
      route.path,
      (c, next) => {
        c.set('route', route.path);
        return admitCall(route, { c, context, next });
      },
      // Whoever looks at its size begins to read it.
      (c, next) => (c.get('place') ? next() : limit(c, next)),
      (c) => answerCall(route, { c, frame: frameOf(c), context }),
    );
  }
  for (const path of new Set(routes.map((route) => route.path))) {
    const methods = routes.flatMap((route) => (route.path === path ? [route.method] : []));
    const allowed = methods.includes('GET') ? ['HEAD', ...methods] : methods;
    app.all(path, (c) => {
      throw new MethodNotAllowed(c.req.method, allowed);
    });
  }
  app.notFound((c) => {
    const inner = innerOf(c.req.url);
    if (c.req.method === 'GET' && inner && folders.has(`${inner.path}/`)) {
      const { search } = new URL(c.req.url);
      return c.redirect(relativeTo(inner.up, `${inner.path}/${search}`), 308);
    }
    return renderProblem(frameOf(c), notFound(`the page ${pathnameOf(c.req.url)}`));
  });
  app.onError((error, c) => {
    const { incoming } = c.env;
    // Nobody is left to be answered, and nothing went wrong here.
    const isBrokenOff = incoming.destroyed && !incoming.complete;
    if (!(error instanceof Failure) && !isBrokenOff) context.log.exception(error);
    return renderProblem(frameOf(c), error);
  });
  return app;
}

const JSON_TYPE = 'application/json';
const ACCEPTED = { header: 'Accept', default: 'text/html' } as const;

/** What no route has. */
const OUTSIDE = '//';
const NOWHERE: InnerPath = { path: OUTSIDE, isJson: false, up: '' };

function pathnameOf(url: string): string {
  const begin = url.indexOf('/', url.indexOf('://') + 3);
  const end = url.slice(begin).search(/[?#]/);
  return begin < 0 ? '/' : end < 0 ? url.slice(begin) : url.slice(begin, begin + end);
}

function tooLarge({ maxBytes = MAX_BODY }: Route): Failure {
  return new Failure('body-too-large', `a body of more than ${maxBytes / 1024} KiB is not accepted`, {
    hint: 'Send less at once.',
  });
}
