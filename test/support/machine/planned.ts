import { parse } from 'yaml';
import { generate } from '../../../src/generate/generate.ts';
import type { PlannedFile } from '../../../src/generate/planned-file.ts';
import type { Index } from '../../../src/index/index-model.ts';
import type { Site } from '../../../src/site/site.ts';

/** What tests look at in navigator.yml. */
export interface Navigator {
  server: { cgi_scripts: { script: string; env: Record<string, string> }[]; listen: number };
  auth: { enabled: boolean; auth_patterns: { pattern: string }[] };
  applications: {
    tenants: { path: string; var: { database: string }; env: Record<string, string> }[];
    pools: { max_size: number };
  };
  routes: { fly: { replay: { path: string; region?: string; app?: string }[] } };
  hooks: Record<'server' | 'tenant', Record<string, { command: string; reload_config?: string }[]>>;
}

export function contentOf(files: readonly PlannedFile[], kind: PlannedFile['kind']): string {
  const file = files.find((planned) => planned.kind === kind);
  if (!file) throw new Error(`no ${kind}`);
  return file.content;
}

export const navigatorOf = (index: Index, site: Site): Navigator =>
  parse(contentOf(generate(index, site), 'navigator'));
