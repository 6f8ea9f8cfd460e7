import { versionText } from '../version.ts';
import { sendJson } from './reply.ts';
import type { Route } from './route.ts';

/** For monitors, and for whoever finds the port taken: that this is the server, and which. Says nothing of the site. */
export const ROUTES: readonly Route[] = [
  {
    method: 'GET',
    path: '/up',
    who: 'public',
    answer: (_, { watchers }) =>
      sendJson({
        server: 'showcase-web',
        version: versionText(),
        pid: process.pid,
        watchers: watchers.count,
      }),
  },
];
