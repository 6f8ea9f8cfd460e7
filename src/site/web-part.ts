import { Failure } from '../failure.ts';
import { type Data, type DataMapping, listAt, mappingAt } from './data.ts';
import web from './navigator/web.yml';
import webProcess from './navigator/web-process.yml';
import { fillMapping, type Values } from './placeholders.ts';
import type { Site } from './site.ts';
import { listenText } from './web-setting.ts';

/** What stands for `{{web}}` and `{{web_listen}}`; empty where there is no web part. */
export function webValues({ web: setting }: Site, root: string): Pick<Values, 'web' | 'web_listen'> {
  if (setting?.kind === 'elsewhere') return { web: setting.url, web_listen: '' };
  const listen = setting ? listenText(setting.listen) : '';
  return { web: `http://${listen}${root}`, web_listen: listen };
}

/**
 * Lays the web part on a configuration that has the machine's overrides already: a list of routes or processes in an
 * override file replaces ours, and the web part with it only if the setting says so.
 *
 * @throws {Failure} `config-invalid` where requests would go round in a circle
 */
export function withWebPart(config: DataMapping, { web: setting }: Site, values: Values): DataMapping {
  if (!setting) return config;
  if (setting.kind === 'elsewhere') refuseCircle(config, setting.url);
  const routed = fillMapping(web, values);
  const processes = setting.kind === 'here' ? fillMapping(webProcess, values) : {};
  const auth = mappingAt(config, 'auth');
  const routes = mappingAt(config, 'routes');
  return {
    ...config,
    auth: {
      ...auth,
      auth_patterns: joined(auth, mappingAt(routed, 'auth'), 'auth_patterns'),
    },
    managed_processes: joined(processes, config, 'managed_processes'),
    routes: {
      ...routes,
      reverse_proxies: joined(mappingAt(routed, 'routes'), routes, 'reverse_proxies'),
    },
  };
}

function joined(first: DataMapping, second: DataMapping, key: string): readonly Data[] {
  return [...listAt(first, key), ...listAt(second, key)];
}

function refuseCircle(config: DataMapping, url: string): void {
  const hostname = mappingAt(config, 'server')['hostname'];
  if (new URL(url).hostname !== hostname) return;
  throw new Failure('config-invalid', `SHOWCASE_WEB is ${url}, which leads to this machine itself`, {
    hint: 'Set SHOWCASE_WEB to "on" on the host that owns the index. If this is another machine, give it a server.hostname of its own in the file that NAVIGATOR_OVERRIDES names.',
  });
}
