import { describe, expect, it } from 'vitest';
import { checkFiles } from '../../../src/check/rules.ts';
import { generate } from '../../../src/generate/generate.ts';
import { broken, replace } from '../../support/check/broken.ts';
import { NOTHING, studio, user } from '../../support/indexes/invented-index.ts';
import { siteOf, webSiteOf } from '../../support/machine/site.ts';

const local = webSiteOf('local');
const fly = webSiteOf('fly-iad');
const kamal = webSiteOf('kamal');

describe('a navigator.yml with the web part', () => {
  it.each([
    ['opens what only begins so', replace(')?)?)$"\n      action', ')?)?)"\n      action'), 'web-neighbours'],
    ['opens the first page', replace('hooks|password|requests|runs|web)/', 'web|)/?'), 'web-neighbours'],
    ['opens steps up', replace('web)/[^.?#%]*', 'web)/[^?#%]*'), 'web-neighbours'],
    ['opens steps up from deploys', replace('deploys(?:/[^./?#%]', 'deploys(?:/[^/?#%]'), 'web-neighbours'],
    ['opens other projects', replace('/)?deploys(?:', '/)?(?:deploys)?(?:'), 'web-neighbours'],
    ['opens all below live', replace('"^/showcase/live$"', '"^/showcase/live"'), 'web-neighbours'],
    [
      'opens it at the top as well',
      replace('"^/showcase/live$"', '"^(?:/showcase)?/live$"'),
      'web-neighbours',
    ],
    ['opens it below any path', replace('"^/showcase/live$"', '"/live$"'), 'web-neighbours'],
    [
      'opens deeper requests',
      replace('"^/showcase/studios/[^/?#%]+/request$"', '"^/showcase/studios/.+/request$"'),
      'web-neighbours',
    ],
    ['keeps the login for runs', replace('requests|runs|web)', 'requests|web)'), 'web-public'],
    ['keeps the login for live', replace('"^/showcase/live$"', '"^/showcase/lives$"'), 'web-public'],
    [
      'keeps the login for capitals',
      replace('"^/showcase/studios/[^/?#%]+/request$"', '"^/showcase/studios/[a-z0-9-]+/request$"'),
      'web-public',
    ],
    [
      'hands on keys of small letters alone',
      replace('(studios/[^/?#%]+/request)', '(studios/[a-z]*/request)'),
      'web-routes',
    ],
    ['hands on another prefix', replace('((?:admin|', '((?:administrator|'), 'web-routes'],
    ['hands on what only begins so', replace(')?)?)$"\n      target', ')?)?)"\n      target'), 'web-routes'],
    ['hands on neighbours', replace(')?)?)$"\n      target', ')?)?.*)$"\n      target'), 'web-neighbours'],
    [
      'hands on no deploy whose id has a dot',
      replace(
        'deploys(?:/[^./?#%][^/?#%]*)?(?:/(?:[a-z]+(?:\\\\.[a-z]+)?)?)?)$"\n      target',
        'deploys(?:/[a-z0-9]*)*)$"\n      target',
      ),
      'web-routes',
    ],
    ['asks senders for a login', replace(/\|\(\?:api\/projects.*\)\$"(?=\n {6}action)/, ')$"'), 'web-public'],
    ['captures too little', replace('"^/showcase/(live)$"', '"^/showcase/l(ive)$"'), 'web-routes'],
    [
      'captures in two parts',
      replace('(studios/[^/?#%]+/request)', '(studios/[^/?#%]+)(/request)'),
      'web-routes',
    ],
    ['leads elsewhere', replace('9898/showcase/$1', '9899/showcase/$1'), 'web-routes'],
    ['leaves out the base path', replace('9898/showcase/$1', '9898/$1'), 'web-routes'],
    ['leaves out the host', replace('\n      headers:\n        X-Forwarded-Host: "$host"', ''), 'web-routes'],
    [
      'names another host',
      replace('X-Forwarded-Host: "$host"', 'X-Forwarded-Host: admin.example'),
      'web-routes',
    ],
    [
      'takes no WebSocket',
      replace('$1"\n      websocket: true', '$1"\n      websocket: false'),
      'web-routes',
    ],
    [
      'cuts the path',
      replace('$1"\n      websocket: true', '$1"\n      strip_path: true\n      websocket: true'),
      'web-routes',
    ],
    ['redirects a page first', replace('from: "^/(showcase)?$"', 'from: "^/showcase/admin/"'), 'web-routes'],
    ['runs no server', replace(/managed_processes:\n(?: .*\n)+/, 'managed_processes: []\n'), 'web-process'],
    ['runs another program', replace('scripts/showcase-web', 'scripts/web'), 'web-process'],
    ['leaves an ended server ended', replace('auto_restart: true', 'auto_restart: false'), 'web-process'],
    [
      'has the server listen elsewhere',
      replace('WEB_LISTEN: "127.0.0.1:9898"', 'WEB_LISTEN: "127.0.0.1:9897"'),
      'web-process',
    ],
    [
      'has the server work elsewhere',
      replace(
        'RAILS_DB_VOLUME: /data/db\n      RAILS_ENV: production\n      WEB',
        'RAILS_DB_VOLUME: /tmp\n      RAILS_ENV: production\n      WEB',
      ),
      'web-process',
    ],
  ] as const)('is refused that %s', async (_, change, rule) => {
    expect(await broken('navigator', change, local)).toContain(rule);
  });

  it('is refused on Fly that replays a page of the web part', async () => {
    const change = replace('"^/showcase/.+\\\\.pdf$"', '"^/showcase/requests/.+$"');
    expect(await broken('navigator', change, fly)).toContain('web-routes');
  });

  it('is refused on Kamal that has a prefix', async () => {
    expect(await broken('navigator', replace('"^/(live)$"', '"^/showcase/(live)$"'), kamal)).toContain(
      'web-routes',
    );
  });

  it('is refused where the machine’s own settings take a page away', async () => {
    const redirects = [{ from: '^/showcase/admin/', to: '/showcase/studios/' }];
    const site = webSiteOf('local', { routes: { redirects } });
    const index = { ...NOTHING, users: [user('zoe')] };
    const violations = await checkFiles(generate(index, site), { index, site });
    expect(violations.map(({ rule }) => rule)).toContain('web-routes');
  });

  it.each([
    'Boston',
    'saint-louis',
    '2nd-street',
    "o'neill",
    'st.-paul',
    'a+b',
    'žižkov',
    'スタジオ',
    '_',
    'request',
  ])('hands on requests of the studio %s', async (key) => {
    const index = { ...NOTHING, users: [user('zoe')], studios: [studio(key)] };
    for (const site of [local, fly, kamal])
      expect(await checkFiles(generate(index, site), { index, site })).toEqual([]);
  });

  it('has no rule to keep where there is no web part', async () => {
    const change = replace('/showcase/password/', '/showcase/passwords/');
    const rules = await broken('navigator', change, siteOf('local'));
    expect(rules.filter((rule) => rule.startsWith('web-'))).toEqual([]);
  });
});
