import { join } from 'node:path';
import type { Site } from '../site/site.ts';
import { openedBy } from './access.ts';
import { at, listAt, show, textAt } from './document.ts';
import { type NavigatorView, type PlannedView, patternPlaces, replays } from './planned-view.ts';
import type { Rule } from './rule.ts';

/** What Navigator's `reload_config` names, relative to its working directory, the app root. */
const RELOAD_CONFIG = 'config/navigator.yml';

/** Rules for every navigator.yml. */
export const routeRules: readonly Rule<NavigatorView>[] = [
  {
    // Navigator drops a pattern that Go's regexp refuses, without a word.
    name: 'patterns',
    *check({ document, patterns }) {
      for (const { where, pattern } of patternPlaces(document)) {
        const problem = typeof pattern === 'string' ? patterns.problem(pattern) : 'it is not a text';
        if (problem !== null) yield `${where} ${show(pattern)}: RE2 refuses it: ${problem}`;
      }
    },
  },
  {
    name: 'replay-targets',
    *check({ document }) {
      for (const { pattern, region, app } of replays(document)) {
        const targets = [region, app].filter(Boolean).length;
        if (targets !== 1) yield `the replay of ${show(pattern)} has ${targets} targets`;
      }
    },
  },
  {
    name: 'update-route',
    *check({ document, root }) {
      const path = `${root}/update_config`;
      const routes = updateRoutes(document, path);
      if (routes.length !== 1) yield `${routes.length} CGI scripts are at ${path}`;
      for (const route of routes) {
        if (at(route, 'method') !== 'POST') yield `the method of ${path} is ${show(at(route, 'method'))}`;
        if (!textAt(route, 'script')?.startsWith('/'))
          yield `the script of ${path} is ${show(at(route, 'script'))}`;
        if (at(route, 'reload_config') !== RELOAD_CONFIG) {
          yield `reload_config of ${path} is ${show(at(route, 'reload_config'))}, not ${RELOAD_CONFIG}`;
        }
        // With such a list only those users could ask for an update.
        if (listAt(route, 'allowed_users').length > 0) yield `${path} is for allowed_users only`;
      }
    },
  },
];

export const publicRouteRule: Rule<NavigatorView> = {
  name: 'update-public',
  *check(view) {
    const path = `${view.root}/update_config`;
    if (openedBy(view, path) === null) yield `${path} asks for a login, so that nobody could bring one in`;
  },
};

export const scriptRule: Rule<NavigatorView & { readonly site: Site }> = {
  name: 'update-script',
  *check({ document, root, site }) {
    const script = join(site.appRoot, 'cgi-bin', 'update_config');
    for (const route of updateRoutes(document, `${root}/update_config`)) {
      const found = at(route, 'script');
      if (found !== script) yield `the script of the route is ${show(found)}, not ${script}`;
    }
  },
};

/** An update that Navigator starts must work in the directory that this one works in. */
export const volumeRule: Rule<PlannedView> = {
  name: 'update-volume',
  *check({ document, root, site }) {
    for (const route of updateRoutes(document, `${root}/update_config`)) {
      const found = at(route, 'env', 'RAILS_DB_VOLUME');
      if (found !== site.dbDir) yield `RAILS_DB_VOLUME of the route is ${show(found)}, not ${site.dbDir}`;
    }
  },
};

export const htpasswdRule: Rule<PlannedView> = {
  name: 'auth-htpasswd',
  *check({ document, htpasswd }) {
    const found = at(document, 'auth', 'htpasswd');
    if (found !== htpasswd) yield `auth.htpasswd is ${show(found)}, not ${htpasswd}`;
  },
};

/** A page that says that the site is being prepared; no login works yet, and there is nothing to see. */
export const maintenanceRules: readonly Rule<NavigatorView>[] = [
  {
    name: 'maintenance-enabled',
    *check({ document }) {
      if (at(document, 'maintenance', 'enabled') !== true) yield 'maintenance.enabled is not true';
      if (!textAt(document, 'maintenance', 'page')) yield 'maintenance.page is missing';
      if (listAt(document, 'applications', 'tenants').length > 0)
        yield 'tenants would be served without a login';
    },
  },
];

function updateRoutes(document: NavigatorView['document'], path: string) {
  return listAt(document, 'server', 'cgi_scripts').filter((script) => textAt(script, 'path') === path);
}
