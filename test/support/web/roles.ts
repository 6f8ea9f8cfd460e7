import { expect, it } from 'vitest';
import type { Route } from '../../../src/web/route.ts';
import type { Role } from './web-people.ts';
import type { TestServer } from './web-server.ts';

const ROLES: readonly Role[] = ['nobody', 'user', 'owner', 'administrator'];

/** Who may ask for a route, where `:key` is a studio of the owner's. `involved` depends on the row: nobody else may. */
const MAY: Readonly<Record<Route['who'], readonly Role[]>> = {
  public: ROLES,
  user: ['user', 'owner', 'administrator'],
  owner: ['owner', 'administrator'],
  administrator: ['administrator'],
  involved: ['administrator'],
};

/**
 * One test for each route and role: it is refused by 401 or 403, or it is not refused.
 *
 * @param server given when the tests run
 * @param fill what stands for the parameters of a path; `:id` is then a change or a run that none of them asked for
 */
export function testRoles(
  routes: readonly Route[],
  server: () => TestServer,
  fill: (path: string) => string,
): void {
  for (const route of routes) {
    for (const role of ROLES) {
      const isAllowed = MAY[route.who].includes(role);
      it(`${route.method} ${route.path} is ${isAllowed ? 'for' : 'refused to'} ${role}`, async () => {
        const path = fill(route.path);
        const answer = await (route.method === 'GET'
          ? server().ask(path, role)
          : server().post(path, {}, role));
        await answer.arrayBuffer();
        if (isAllowed && route.who !== 'public') expect([401, 403]).not.toContain(answer.status);
        else if (!isAllowed) expect(answer.status).toBe(role === 'nobody' ? 401 : 403);
        expect(answer.status).toBeLessThan(500);
      });
    }
  }
}
