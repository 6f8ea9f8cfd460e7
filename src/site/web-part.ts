import { Failure } from '../failure.ts';
import { type Data, type DataMapping, listAt, mappingAt } from './data.ts';
import web from './navigator/web.yml';
import webProcess from './navigator/web-process.yml';
import { fillMapping, type Values } from './placeholders.ts';
import type { Site } from './site.ts';
import { listenText, type WebSetting, webSettingOf } from './web-setting.ts';

/**
 * Lays the web part on a configuration that has the machine's overrides already: a list of routes or processes in an
 * override file replaces ours, and the web part with it only if the setting says so.
 *
 * @param plain what stands for the placeholders that every file has
 * @throws {Failure} `config-invalid` for a wrong setting, and where requests would go round in a circle
 */
export function withWebPart(config: DataMapping, site: Site, plain: Values): DataMapping {
  const setting = webSettingOf(site);
  if (!setting) return config;
  if (setting.kind === 'elsewhere') refuseCircle(config, setting.url);
  const values = { ...plain, ...webValues(setting, String(plain.root)) };
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

function webValues(setting: WebSetting, root: string): Pick<Values, 'web' | 'web_listen'> {
  if (setting.kind === 'elsewhere') return { web: setting.url, web_listen: '' };
  const listen = listenText(setting.listen);
  return { web: `http://${listen}${root}`, web_listen: listen };
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
