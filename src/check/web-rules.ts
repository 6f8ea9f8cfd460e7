import { escapeRe2 } from '../generate/re2.ts';
import type { Site } from '../site/site.ts';
import { webSettingOf } from '../site/web-setting.ts';
import { at, listAt, show, textAt } from './document.ts';
import { type PlannedView, replays } from './planned-view.ts';
import type { Rule } from './rule.ts';
import type { YamlNode } from './yaml-reader.ts';

/** Paths below the root that showcase-web serves, with invented names. */
const PAGES = [
  'admin/',
  'admin/apply',
  'admin/studios/12/edit',
  'admin/events.json',
  'api/deploys',
  'api/deploys/12345/logs',
  'api/deploys/v1.2.3/status',
  'api/projects/smooth/deploys',
  'api/projects/smooth/deploys/12345/logs',
  'deploys',
  'deploys/',
  'deploys/v1.2.3',
  'deploys/7/logs.txt',
  'hooks/update',
  'password/verify',
  'requests/mzxw6ytboi',
  'requests/mzxw6ytboi/state',
  'runs/mzxw6ytboi/events',
  'web/client.js',
];

const LIVE = 'live';

/** Keys of studios, of all kinds that there are. */
const KEYS = ['boston', 'saint-louis', "O'Neill_2.0+B", 'žižkov', '10'];

/** Paths below the root that look like those, and are somebody else's. */
const NEIGHBOURS = [
  '',
  'admin',
  'administrators/1',
  'api',
  'api/',
  'api/deploys/../users',
  'api/deploysx/1',
  'api/projects',
  'api/projectsx/1',
  'deploys/.hidden',
  'deploysx/',
  'demo/requests/1',
  'live/',
  'live/x',
  'lively',
  'passwords/1',
  'regions/iad/requests/1',
  'requests',
  'requestsfoo',
  'requests/../users',
  'requests/x/..',
  'runsx/1',
  'studios/',
  'studios/request',
  'studios//request',
  'studios/boston',
  'studios/boston/requests',
  'studios/boston/request/x',
  'studios/boston/x/request',
  'users/admin/1',
  'website/',
];

/** The web part: reached by its paths and no others, and asked for a login by itself alone. */
export const webRules: readonly Rule<PlannedView>[] = [
  {
    name: 'web-routes',
    *check(view) {
      const base = baseOf(view.site, view.root);
      if (base === null) return;
      for (const path of inventedPaths(view)) {
        const earlier = comesEarlier(view, path);
        if (earlier !== null) yield `${path} meets ${show(earlier)} first`;
      }
      for (const path of webPaths(view)) {
        const proxy = proxiesOf(view).find((each) => covers(view, each, 'path', path));
        if (proxy) yield* proxyProblems(path, proxy, base, view.root);
        else yield `${path} is not handed on`;
      }
    },
  },
  {
    name: 'web-public',
    *check(view) {
      if (view.site.web === null) return;
      for (const path of webPaths(view)) {
        if (!opensOf(view).some((each) => covers(view, each, 'pattern', path)))
          yield `${path} asks for a login before it is handed on`;
      }
    },
  },
  {
    name: 'web-neighbours',
    *check(view) {
      if (view.site.web === null) return;
      const paths = inventedPaths(view);
      const ofWeb = (items: readonly YamlNode[], key: string) =>
        items.filter((item) => paths.some((path) => covers(view, item, key, path)));
      const opens = ofWeb(opensOf(view), 'pattern');
      const proxies = ofWeb(proxiesOf(view), 'path').filter((proxy) => isOfWeb(proxy, view));
      for (const path of neighbours(view)) {
        for (const open of opens.filter((each) => covers(view, each, 'pattern', path)))
          yield `${show(at(open, 'pattern'))} makes ${path} public`;
        for (const proxy of proxies.filter((each) => covers(view, each, 'path', path)))
          yield `${show(at(proxy, 'path'))} hands on ${path}`;
      }
    },
  },
  {
    name: 'web-process',
    *check({ document, site }) {
      if (webSettingOf(site)?.kind !== 'here') return;
      const command = `${site.appRoot}/scripts/showcase-web`;
      const named = listAt(document, 'managed_processes').filter(
        (process) => at(process, 'name') === 'showcase-web' || at(process, 'command') === command,
      );
      if (named.length !== 1) yield `${named.length} managed processes are showcase-web, not 1`;
      for (const process of named) {
        const found = textAt(process, 'command');
        if (found !== command) yield `the command of showcase-web is ${show(found)}, not ${command}`;
        if (at(process, 'auto_restart') !== true) yield 'showcase-web would not be started again';
        const listen = at(process, 'env', 'WEB_LISTEN');
        if (listen !== listenOf(site)) yield `WEB_LISTEN of showcase-web is ${show(listen)}`;
        const volume = at(process, 'env', 'RAILS_DB_VOLUME');
        if (volume !== site.dbDir) yield `RAILS_DB_VOLUME of showcase-web is ${show(volume)}`;
      }
    },
  },
];

/** Every path that must reach the web part, that of each studio of the index among them. */
function* webPaths(view: PlannedView): Iterable<string> {
  yield* inventedPaths(view);
  for (const { key } of view.index.studios) yield `${view.root}/studios/${key}/request`;
}

function inventedPaths({ root }: PlannedView): string[] {
  const requests = KEYS.map((key) => `studios/${key}/request`);
  return [...PAGES, LIVE, ...requests].map((path) => `${root}/${path}`);
}

/** Paths of tenants among them: each is below a year. */
function* neighbours({ root, years }: PlannedView): Iterable<string> {
  for (const path of NEIGHBOURS) yield `${root}/${path}`;
  for (const year of new Set(['2000', ...years])) {
    for (const path of [...PAGES, LIVE]) yield `${root}/${year}/${path}`;
  }
  if (root !== '') for (const path of [...PAGES, LIVE]) yield `/${path}`;
}

/** What Navigator looks at before it looks at proxies. There can be very many replays. */
function comesEarlier({ document, patterns }: PlannedView, path: string): string | null {
  const routes = [...listAt(document, 'routes', 'redirects'), ...listAt(document, 'routes', 'rewrites')];
  const all = [
    ...routes.map((route) => textAt(route, 'from') ?? ''),
    ...replays(document).map((each) => each.pattern),
  ];
  return all.find((pattern) => patterns.matches(pattern, path)) ?? null;
}

function* proxyProblems(path: string, proxy: YamlNode, base: string, root: string): Iterable<string> {
  const target = textAt(proxy, 'target');
  const pattern = textAt(proxy, 'path') ?? '';
  if (target !== `${base}/$1`) yield `${path} is handed on to ${show(target)}, not ${base}/$1`;
  else if (!isCapturedBelow(root, pattern))
    yield `${show(pattern)} does not capture all that is below ${root}/`;
  if (at(proxy, 'strip_path') === true) yield `the path of ${path} would be cut`;
  const host = at(proxy, 'headers', 'X-Forwarded-Host');
  if (host !== '$host') yield `X-Forwarded-Host of ${path} is ${show(host)}, not "$host"`;
  if (path === `${root}/${LIVE}` && at(proxy, 'websocket') !== true) yield `${path} takes no WebSocket`;
}

/** Whether a pattern is anchored, and its only capture is everything below the root. */
function isCapturedBelow(root: string, pattern: string): boolean {
  const start = `^${escapeRe2(root)}/`;
  if (!pattern.startsWith(`${start}(`) || !pattern.endsWith(')$')) return false;
  const body = pattern.slice(start.length, -1);
  let [depth, captures] = [0, 0];
  for (const { 0: found, index } of body.matchAll(/\\.|\((?:\?:)?|\)/g)) {
    if (found.startsWith('\\')) continue;
    if (found === '(') captures += 1;
    depth += found === ')' ? -1 : 1;
    if (depth === 0) return captures === 1 && index === body.length - 1;
  }
  return false;
}

/** Where showcase-web answers, its base path included; null without a web part. */
function baseOf(site: Site, root: string): string | null {
  const setting = webSettingOf(site);
  if (setting === null) return null;
  return setting.kind === 'elsewhere' ? setting.url : `http://${listenOf(site)}${root}`;
}

function listenOf(site: Site): string {
  const setting = webSettingOf(site);
  if (setting?.kind !== 'here') return '';
  const { host, port } = setting.listen;
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

function isOfWeb(proxy: YamlNode, { site, root }: PlannedView): boolean {
  return textAt(proxy, 'target')?.startsWith(`${baseOf(site, root)}/`) ?? false;
}

function proxiesOf({ document }: PlannedView): readonly YamlNode[] {
  return listAt(document, 'routes', 'reverse_proxies');
}

function opensOf({ document }: PlannedView): readonly YamlNode[] {
  return listAt(document, 'auth', 'auth_patterns').filter((each) => at(each, 'action') === 'off');
}

function covers({ patterns }: PlannedView, item: YamlNode, key: string, path: string): boolean {
  const pattern = textAt(item, key);
  return pattern !== undefined && patterns.matches(pattern, path);
}
