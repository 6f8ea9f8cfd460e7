import { Failure, problemOf } from '../failure.ts';
import { html } from '../html/html.ts';
import { NO_STORE } from '../http/headers.ts';
import { MethodNotAllowed, TooManyRequests } from '../http/http-failures.ts';
import { statusOf } from '../http/status.ts';
import { renderPage } from './layout/web-layout.ts';
import { sendJson } from './reply.ts';
import type { Frame } from './route.ts';

/** Bearer tokens are for machines. */
const CHALLENGE = 'Basic realm="Showcase", charset="UTF-8"';

const TITLES: Readonly<Record<number, string>> = {
  401: 'Log in',
  403: 'Not allowed',
  404: 'Page not found',
  405: 'Not possible here',
  408: 'That took too long',
  413: 'Too much at once',
  415: 'Not understood',
  429: 'Too many attempts',
  500: 'Something went wrong',
  503: 'Not now',
};

/** Anything thrown, as a page or as JSON. What was not foreseen is not told: its message may hold anything. */
export function renderProblem(frame: Frame, error: unknown): Response {
  const isKnown = error instanceof Failure;
  const { code, message, hint } = isKnown ? problemOf(error) : UNEXPECTED;
  // An index that cannot be read will be there again: nobody asked for anything wrong.
  const { status: usual, headers: own } = statusOf(code);
  const status = code.startsWith('index-') ? 503 : usual;
  const headers = { ...own, ...NO_STORE, ...extra(error, status) };
  if (frame.wantsJson) return sendJson({ error: { code, message, hint } }, status, headers);
  const title = TITLES[status] ?? 'Something went wrong';
  const main = html`<h1>${title}</h1>
<p class="lead">${sentence(message)}</p>
<p>${hint}</p>
<p class="quiet">Code: ${code}</p>
${status === 401 && frame.hasPage('/password/reset') && html`<p><a href="${frame.link('/password/reset')}">Forgotten your password?</a></p>`}
${frame.person !== null && html`<p><a href="${frame.link('/requests/')}">Your studios</a></p>`}`;
  return new Response(renderPage(frame, { title, section: null, main }), {
    status,
    headers: { 'Content-Type': 'text/html; charset=utf-8', ...headers },
  });
}

const UNEXPECTED = {
  code: 'internal',
  message: 'this server met something that it did not expect',
  hint: 'Try again. If it stays so, tell an administrator when it happened: the log of showcase-web has the rest.',
} as const;

function extra(error: unknown, status: number): Record<string, string> {
  if (error instanceof MethodNotAllowed) return { Allow: error.allowed.join(', ') };
  if (error instanceof TooManyRequests)
    return { 'Retry-After': String(Math.ceil(error.retryAfterMs / 1000)) };
  if (status === 401) return { 'WWW-Authenticate': CHALLENGE };
  return status === 503 ? { 'Retry-After': '5' } : {};
}

/** Messages of failures are parts of a line. */
function sentence(message: string): string {
  return `${message.charAt(0).toUpperCase()}${message.slice(1)}${/[.!?]$/.test(message) ? '' : '.'}`;
}
