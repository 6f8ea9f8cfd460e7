import { beforeAll, describe } from 'vitest';
import { ROUTES } from '../../../src/web/routes.ts';
import { testRoles } from '../../support/web/roles.ts';
import { startWeb, type TestServer } from '../../support/web/web-server.ts';

describe('by the table of routes', () => {
  let server: TestServer;
  let change: string;

  beforeAll(async () => {
    server = await startWeb();
    change = server.context.runs.publish('somebody-else', 'administrator');
  });

  testRoles(
    ROUTES,
    () => server,
    (path) =>
      path
        .replace(':key', server.studios.owned)
        .replace(/^\/runs\/:id/, `/runs/${server.context.runs.change(change)?.run}`)
        .replace(':id', change)
        .replace(':file', 'nothing'),
  );
});
