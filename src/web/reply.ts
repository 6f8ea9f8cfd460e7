import { NO_STORE } from '../http/headers.ts';
import { type Page, renderPage } from './layout/web-layout.ts';
import type { Call } from './route.ts';
import type { WebContext } from './web-context.ts';

/** Milliseconds that the page after this one has, to show what it was told. */
const NOTICE_MS = 5 * 60_000;

/** A page, by its status 200 unless the page says another. */
export function showPage(call: Call, page: Page): Response {
  const body = renderPage(call, { ...page, notice: page.notice ?? call.notice });
  return new Response(body, {
    status: page.status ?? 200,
    headers: { 'Content-Type': 'text/html; charset=utf-8', ...NO_STORE },
  });
}

export function sendJson(
  value: unknown,
  status = 200,
  headers: Readonly<Record<string, string>> = {},
): Response {
  return new Response(`${JSON.stringify(value)}\n`, {
    status,
    headers: { 'Content-Type': 'application/json', ...NO_STORE, ...headers },
  });
}

/** Whichever the caller wants; the other one is not made. */
export function pageOrJson(call: Call, made: { page: () => Page; json: () => unknown }): Response {
  return call.wantsJson ? sendJson(made.json()) : showPage(call, made.page());
}

/**
 * Sends the browser to another page of this site, after something was done.
 *
 * @param path below the base, with its query
 * @param notice what that page is to say first; sealed, so that nobody else can make a page say anything
 */
export function goTo(call: Call, context: WebContext, path: string, notice: string | null = null): Response {
  const seal = notice === null ? null : context.seals.seal(noticeOf(call, notice), NOTICE_MS);
  const more =
    seal === null
      ? ''
      : `${path.includes('?') ? '&' : '?'}${new URLSearchParams({ notice: notice ?? '', seal })}`;
  return new Response(null, { status: 303, headers: { Location: call.link(`${path}${more}`), ...NO_STORE } });
}

/** Absolute address of a path, for programs: where people see these pages, or as the sender has reached us. */
export function addressSeen(path: string, { outer }: Call, { webUrl, base }: WebContext): string {
  if (webUrl !== null) return `${webUrl}${path}`;
  const [host] = outer.hosts;
  return host === undefined ? `${base}${path}` : `${outer.proto}://${host}${base}${path}`;
}

/** What a notice's seal is for. */
export function noticeOf({ person }: Pick<Call, 'person'>, notice: string) {
  return { purpose: 'notice', subjects: [person?.userid ?? '', notice] };
}
