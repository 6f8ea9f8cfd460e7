import { at, show, textAt, listAt as yamlListAt } from './document.ts';
import type { PlannedView } from './planned-view.ts';
import type { Rule } from './rule.ts';
import type { YamlMap } from './yaml-reader.ts';

export const tenantRules: readonly Rule<PlannedView>[] = [
  {
    name: 'tenants-unique',
    *check({ document }) {
      const seen = new Set<string>();
      for (const database of databases(document)) {
        if (database === '') yield 'a tenant has no database';
        else if (seen.has(database)) yield `two tenants have the database ${show(database)}`;
        seen.add(database);
      }
    },
  },
  {
    name: 'tenants-first',
    *check({ document, root, site }) {
      const [index, demo] = yamlListAt(document, 'applications', 'tenants');
      const [path, database] = [at(index, 'path'), at(index, 'var', 'database')];
      if (database !== 'index' || path !== `${root}/`) {
        yield `the first tenant is ${show(path)} with the database ${show(database)}, not the index`;
      }
      const second = at(demo, 'var', 'database');
      if (site.deployment !== 'local' && second !== 'demo') {
        yield `the second tenant has the database ${show(second)}, not the demo's`;
      }
    },
  },
  {
    // Since a path and a database say the same, no two paths are alike when no two databases are.
    name: 'tenants-complete',
    *check({ tenants }) {
      yield* tenants.problems;
      yield* tenants.missing();
    },
  },
];

function databases(document: YamlMap): string[] {
  return yamlListAt(document, 'applications', 'tenants').map((tenant) =>
    typeof tenant === 'string' ? tenant : (textAt(tenant, 'var', 'database') ?? ''),
  );
}

/** tenants.list names the database of each tenant, in the order of navigator.yml. */
export const tenantsListRule: Rule<{ list: string; view: PlannedView }> = {
  name: 'tenants-list',
  *check({ list, view }) {
    let at = 0;
    let number = 0;
    for (const database of databases(view.document)) {
      number += 1;
      const line = `${view.site.dbDir}/${database}.sqlite3\n`;
      if (!list.startsWith(line, at)) {
        yield `line ${number} is not ${show(line)}`;
        return;
      }
      at += line.length;
    }
    if (at !== list.length) yield `there are lines for more than the ${number} tenants`;
  },
};
