import { expect } from 'vitest';
import type { TestServer } from './web-server.ts';

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" };

/** The text that markup stands for. */
export function textIn(markup: string): string {
  return markup.replace(/<[^>]*>/g, '').replace(/&(amp|lt|gt|quot|#39);/g, (_, name) => ENTITIES[name] ?? '');
}

export type Fields = Record<string, string | readonly string[]>;

/** What a browser would send of the form with that action, if nobody typed anything. */
export function formIn(page: string, action: RegExp): Fields {
  const forms = [...page.matchAll(/<form method="post" action="([^"]*)"[^>]*>([\s\S]*?)<\/form>/g)];
  const content = forms.find(([, to = '']) => action.test(to))?.[2];
  if (content === undefined) return expect.unreachable(`no form with the action ${action}`);
  const fields: Record<string, string[]> = {};
  const add = (name: string, value: string): void => {
    fields[name] = [...(fields[name] ?? []), value];
  };
  for (const [tag] of content.matchAll(/<input[^>]*>/g)) {
    const [name, value] = [attribute(tag, 'name'), attribute(tag, 'value')];
    if (!/type="checkbox"/.test(tag) || / checked/.test(tag)) add(name, value);
  }
  for (const [, tag = '', options = ''] of content.matchAll(/<select([^>]*)>([\s\S]*?)<\/select>/g)) {
    const all = [...options.matchAll(/<option([^>]*)>/g)].map(([, option = '']) => option);
    const chosen = all.find((option) => option.endsWith(' selected')) ?? all[0] ?? '';
    add(attribute(tag, 'name'), attribute(chosen, 'value'));
  }
  return Object.fromEntries(
    Object.entries(fields).map(([name, values]) => [name, values.length === 1 ? (values[0] ?? '') : values]),
  );
}

function attribute(tag: string, name: string): string {
  return textIn(new RegExp(`[\\s"]${name}="([^"]*)"`).exec(` ${tag}`)?.[1] ?? '');
}

/** The page, as the administrator gets it. */
export async function pageOf(server: TestServer, path: string, status = 200): Promise<string> {
  const answer = await server.ask(path, 'administrator');
  expect([path, answer.status]).toEqual([path, status]);
  return answer.text();
}

export interface Sent {
  readonly status: number;
  /** Below the base, without its query; null for no redirect. */
  readonly to: string | null;
  readonly page: string;
}

/** Opens a page, changes some fields of its form, and presses a button. */
export async function sendForm(
  server: TestServer,
  path: string,
  typed: Fields,
  page?: string,
): Promise<Sent> {
  const inner = path.split('/').at(-1) ?? '';
  const fields = formIn(page ?? (await pageOf(server, path)), new RegExp(`${inner}$`));
  const answer = await server.post(path, { ...fields, ...typed }, 'administrator');
  const location = answer.headers.get('location');
  const to = location === null ? null : new URL(location, `${server.url}${path}`);
  const base = new URL(server.url).pathname;
  return {
    status: answer.status,
    to: to === null ? null : to.pathname.slice(base === '/' ? 0 : base.length),
    page: await answer.text(),
  };
}

/** The same, past the page that says what follows, if there is one. */
export async function confirmForm(server: TestServer, path: string, typed: Fields): Promise<Sent> {
  const first = await sendForm(server, path, typed);
  if (first.status !== 200) return first;
  expect(textIn(first.page)).toContain('Nothing was saved yet.');
  return sendForm(server, path, { do: typed['do'] ?? 'save' }, first.page);
}
