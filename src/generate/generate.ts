import { join } from 'node:path';
import type { Index, User } from '../index/index-model.ts';
import { compareBytes } from '../index/sort-order.ts';
import { htpasswdPath, maintenancePath, navigatorPath, tenantsListPath } from '../site/paths.ts';
import type { Site } from '../site/site.ts';
import { maintenancePart, navigatorPart } from '../site/static.ts';
import { mapText } from './map-file.ts';
import { navigatorText } from './navigator.ts';
import type { PlannedFile } from './planned-file.ts';
import { showcasesText } from './showcases.ts';
import { tenantsOf, tenantsText } from './tenants.ts';
import { emitYaml } from './yaml.ts';

/** Hashes are for Navigator, which runs as root, and for whoever owns the file. */
const SECRET = 0o640;
const READABLE = 0o644;

/**
 * Every file that derives from the index, in the order in which they are installed: navigator.yml last, because it
 * makes Navigator look at the others.
 */
export function generate(index: Index, site: Site): PlannedFile[] {
  const part = navigatorPart(site);
  const tenants = tenantsOf(index, site, part);
  const inDb = (name: string) => join(site.dbDir, name);
  return [
    { kind: 'htpasswd', path: htpasswdPath(site), content: htpasswdText(index.users), mode: SECRET },
    { kind: 'map', path: inDb('map.yml'), content: mapText(index), mode: READABLE },
    { kind: 'showcases', path: inDb('showcases.yml'), content: showcasesText(index), mode: READABLE },
    {
      kind: 'tenants',
      path: tenantsListPath(site),
      content: tenantsText(tenants, site),
      mode: READABLE,
    },
    {
      kind: 'navigator',
      path: navigatorPath(site),
      content: navigatorText(index, site, part, tenants),
      mode: READABLE,
    },
  ];
}

/** navigator-maintenance.yml, which Navigator starts with in a new image; it derives from the installation alone. */
export function generateMaintenance(site: Site): PlannedFile {
  return {
    kind: 'maintenance',
    path: maintenancePath(site),
    content: emitYaml(maintenancePart(site).config),
    mode: READABLE,
  };
}

/** The htpasswd file: the lines of all who may log in, sorted by bytes, LF between them and none after the last. */
function htpasswdText(users: readonly User[]): string {
  const lines: string[] = [];
  for (const { htpasswdLine } of users) if (htpasswdLine !== null) lines.push(htpasswdLine);
  return lines.sort(compareBytes).join('\n');
}
