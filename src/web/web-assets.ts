import client from 'client:script';
import { hash } from 'node:crypto';
import { IMMUTABLE } from '../http/headers.ts';
import { notFound } from '../http/http-failures.ts';
import { SHEET } from './layout/web-style.ts';
import type { Route } from './route.ts';

interface Asset {
  /** Below the base, with a digest of what it holds: it can be kept for ever. */
  readonly path: string;
  readonly type: string;
  readonly content: string;
}

export const STYLE = asset('style', 'css', 'text/css; charset=utf-8', SHEET);
export const CLIENT = asset('client', 'js', 'text/javascript; charset=utf-8', client);

const ASSETS = [STYLE, CLIENT];

export const ROUTES: readonly Route[] = [
  {
    method: 'GET',
    path: '/web/:file',
    who: 'public',
    answer: ({ path }) => {
      const found = ASSETS.find((one) => one.path === path);
      if (!found) throw notFound('this file, or this version of it,');
      return new Response(found.content, { headers: { 'Content-Type': found.type, ...IMMUTABLE } });
    },
  },
];

function asset(name: string, ending: string, type: string, content: string): Asset {
  return { path: `/web/${name}-${hash('sha256', content).slice(0, 12)}.${ending}`, type, content };
}
