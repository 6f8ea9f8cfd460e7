import { describe, expect, it } from 'vitest';
import { checkMaintenance } from '../../../src/check/rules.ts';
import { generateMaintenance } from '../../../src/generate/generate.ts';
import { broken, fly, replace } from '../../support/check/broken.ts';

describe('navigator.yml', () => {
  it.each([
    ['is empty', () => '', 'yaml'],
    ['says nothing', () => '{}\n', 'auth-enabled'],
    ['has a key twice', replace('auth:\n', 'auth:\n  enabled: false\n'), 'yaml'],
    ['has no auth', replace(/\nauth:\n(?: .*\n)+/, '\n'), 'auth-enabled'],
    ['has auth disabled', replace('auth:\n  enabled: true', 'auth:\n  enabled: false'), 'auth-enabled'],
    [
      'has auth enabled by a text',
      replace('auth:\n  enabled: true', 'auth:\n  enabled: "true"'),
      'auth-enabled',
    ],
    ['has the realm off', replace('realm: Showcase', 'realm: "off"'), 'auth-enabled'],
    [
      'names another htpasswd',
      replace('htpasswd: /data/db/htpasswd', 'htpasswd: /tmp/htpasswd'),
      'auth-htpasswd',
    ],
    [
      'names a relative htpasswd',
      replace('htpasswd: /data/db/htpasswd', 'htpasswd: htpasswd'),
      'auth-enabled',
    ],
    ['makes / public', replace('- /up', '- /'), 'public-paths'],
    ['makes the root public', replace('- /up', '- /showcase/'), 'public-paths'],
    ['makes * public', replace('- "*.css"', '- "*"'), 'public-paths'],
    ['makes all that ends in a letter public', replace('- "*.css"', '- "*s"'), 'nothing-opened'],
    ['makes all that ends in a full stop public', replace('- "*.css"', '- "*."'), 'public-paths'],
    ['makes all directories public', replace('- "*.css"', '- "*/"'), 'public-paths'],
    [
      'makes deep paths public by a glob',
      replace('- "*.css"', '- "/showcase/*/*/people/*"'),
      'nothing-opened',
    ],
    [
      'makes people public by a glob for one character',
      replace('- "*.css"', '- "/showcase/*/*/people/?"'),
      'nothing-opened',
    ],
    [
      'opens the pages of events alone',
      replace('"^/$"', '"^/showcase/[0-9]+/[a-z]+/[a-z]+/[a-z]+$"'),
      'nothing-opened',
    ],
    ['makes a year public', replace('- /up', '- /showcase/2026/'), 'nothing-opened'],
    ['opens everything by ^/', replace('"^/$"', '"^/"'), 'nothing-opened'],
    ['opens everything by .*', replace('"^/$"', '".*"'), 'nothing-opened'],
    ['opens everything by nothing', replace('"^/$"', '""'), 'nothing-opened'],
    ['opens everything by an alternative', replace('"^/$"', '"^/$|"'), 'nothing-opened'],
    ['opens events by a loose end', replace('/?$"', '"'), 'public-pages'],
    ['opens a single event', replace('(?:10|graz|', '(?:10|9|graz|'), 'public-pages'],
    [
      'has an auth pattern too many',
      replace('- pattern: "^/$"', '- pattern: "^/x$"\n      action: "off"\n    - pattern: "^/$"'),
      'public-pages',
    ],
    ['has another action', replace('action: "off"', 'action: Showcase'), 'auth-patterns'],
    [
      'has no update route',
      replace('path: /showcase/update_config', 'path: /showcase/update'),
      'update-route',
    ],
    [
      'lets some alone ask for an update',
      replace('method: POST', 'method: POST\n      allowed_users:\n        - ada'),
      'update-route',
    ],
    [
      'has a key that each mapping of JavaScript has',
      replace('\nauth:\n', '\ntoString: x\nauth:\n'),
      'whole',
    ],
    ['replays to nowhere', replace(/\n +region: [a-z]+(\n +status)/, '$1'), 'replay-targets'],
    ['has an update route for GET', replace('method: POST', 'method: GET'), 'update-route'],
    [
      'runs another script',
      replace('cgi-bin/update_config', 'cgi-bin/update_configuration'),
      'update-script',
    ],
    [
      'works in another directory',
      replace('RAILS_DB_VOLUME: /data/db', 'RAILS_DB_VOLUME: /tmp'),
      'update-volume',
    ],
    ['reloads nothing', replace('reload_config: config/navigator.yml', 'reload_config: x'), 'update-route'],
    [
      'asks for a login for updates',
      replace('- /showcase/update_config', '- /showcase/update'),
      'update-public',
    ],
    ['has look-around', replace('"^/$"', '"^/(?!showcase)$"'), 'patterns'],
    ['has a pattern that does not close', replace(/"\^\/assets\/\(\.\*\)"/, '"^/assets/(.*"'), 'patterns'],
    ['has a back reference', replace('^/showcase/password(/.*)', '^/showcase/(a)\\\\1'), 'patterns'],
    ['has the index tenant second', replace('database: index', 'database: index2'), 'tenants-first'],
    ['has a database twice', replace('"2026-10-fall"', '"2026-10-spring-ball"'), 'tenants-unique'],
    [
      'has a path twice',
      replace('path: /showcase/2026/10/fall/', 'path: /showcase/2026/10/spring-ball/'),
      'tenants-complete',
    ],
    [
      'has a path twice but for a slash',
      replace('path: /showcase/2026/10/fall/', 'path: /showcase/2026/10/spring-ball'),
      'tenants-complete',
    ],
    ['has a tenant for nobody', replace('"2026-10-fall"', '"2026-10-autumn"'), 'tenants-complete'],
    ['replays what it serves', replace('(?:2026)/(?:graz)', '(?:2026)/(?:10)'), 'replayed-once'],
    [
      'replays one studio that the index does not have',
      replace('(?:2026)/(?:graz)', '(?:2026)/(?:graz|nobody)'),
      'replayed-once',
    ],
    [
      'replays to two',
      replace(/ {6}- path: "\^\/showcase\/\(\?:2026\).*\n.*\n.*\n/, '$&$&'),
      'replayed-once',
    ],
    ['replays a year', replace('"^/showcase/regions/fra/.+$"', '"^/showcase/.+$"'), 'replayed-once'],
    [
      'replays no region paths',
      replace('"^/showcase/regions/fra/.+$"', '"^/showcase/regions/xxx/.+$"'),
      'replayed-regions',
    ],
    [
      'replays the region paths of its own region',
      replace(
        / {6}- path: "\^\/showcase\/regions\/fra.*\n.*\n.*\n/,
        (item) => item + item.replaceAll('fra', 'iad'),
      ),
      'replayed-regions',
    ],
    [
      'replays to an app and a region',
      replace('app: smooth-pdf', 'app: smooth-pdf\n        region: iad'),
      'replay-targets',
    ],
    ['replays by 302', replace('status: 307', 'status: 302'), 'replay-status'],
    [
      'was changed where nothing derives from the index',
      replace('timeout: "15m"', 'timeout: "15s"'),
      'whole',
    ],
    [
      'says more than the site',
      replace('managed_processes: []', 'managed_processes: []\nextra: true'),
      'whole',
    ],
    ['is not named in full in tenants.list', replace('"2026-10-fall"', 'x'), 'tenants-list'],
  ] as const)('that %s is refused', async (_, change, rule) => {
    expect(await broken('navigator', change)).toContain(rule);
  });
});

describe('navigator-maintenance.yml', () => {
  it.each([
    ['has no update route', replace('/showcase/update_config', '/showcase/update'), 'update-route'],
    ['runs another script', replace('cgi-bin/update_config', 'x'), 'update-script'],
    ['is not enabled', replace('enabled: true\n  page', 'enabled: false\n  page'), 'maintenance-enabled'],
    [
      'serves tenants',
      (text: string) => `${text}applications:\n  tenants:\n    - path: /\n`,
      'maintenance-enabled',
    ],
  ] as const)('that %s is refused', async (_, change, rule) => {
    const file = generateMaintenance(fly);
    const violations = await checkMaintenance([{ ...file, content: change(file.content) }], fly);
    expect(violations.map((violation) => violation.rule)).toContain(rule);
  });
});
