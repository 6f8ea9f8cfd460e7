import { versionText } from '../version.ts';
import { sendJson } from './reply.ts';
import type { Route } from './route.ts';

/**
 * For monitors, and for whoever finds the port taken: that this is the server, which one, and whether it can keep what it
 * is asked for (503 if not). Says nothing of the site, and not where anything is.
 */
export const ROUTES: readonly Route[] = [
  {
    method: 'GET',
    path: '/up',
    who: 'public',
    answer: (_, { watchers, storage }) => {
      const isWritable = storage.state().problem === null;
      const facts = {
        server: 'showcase-web',
        version: versionText(),
        pid: process.pid,
        watchers: watchers.count,
        storage: isWritable ? 'ok' : 'unwritable',
      };
      return isWritable ? sendJson(facts) : sendJson(facts, 503, { 'Retry-After': '5' });
    },
  },
];
