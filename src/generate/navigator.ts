import type { Index } from '../index/index-model.ts';
import { type DataMapping, listAt, mappingAt } from '../site/data.ts';
import type { Site } from '../site/site.ts';
import type { StaticPart } from '../site/static.ts';
import { authPatterns, replayRoutes } from './patterns.ts';
import type { Tenant } from './tenants.ts';
import { emitYaml, type YamlMapping } from './yaml.ts';

/**
 * navigator.yml: `server` and `auth` come first, so that a file that was cut short lets in as few requests as possible.
 */
export function navigatorText(index: Index, site: Site, part: StaticPart, tenants: Iterable<Tenant>): string {
  const { server = {}, auth, ...rest } = part.config;
  const routes = mappingAt(rest, 'routes');
  const fly = mappingAt(routes, 'fly');
  const config: YamlMapping = {
    server,
    auth: withList(
      mappingAt({ auth: auth ?? {} }, 'auth'),
      'auth_patterns',
      authPatterns(index, site, part.root),
    ),
    ...rest,
    applications: { ...mappingAt(rest, 'applications'), tenants },
    routes: { ...routes, fly: withList(fly, 'replay', replayRoutes(index, site, part.root)) },
  };
  return emitYaml(config);
}

/** The mapping with more items at the end of one of its lists. */
function withList(mapping: DataMapping, key: string, more: readonly DataMapping[]): DataMapping {
  return { ...mapping, [key]: [...listAt(mapping, key), ...more] };
}
