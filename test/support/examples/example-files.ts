import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse as parseToml } from 'smol-toml';
import { parse as parseYaml } from 'yaml';
import { ROOT } from '../machine/machine.ts';

export const readExample = (path: string): string => readFileSync(join(ROOT, 'examples', path), 'utf8');

interface FlyToml {
  readonly app: string;
  readonly primary_region: string;
  readonly build: { readonly dockerfile: string; readonly args: Record<string, string> };
  readonly env: Record<string, string>;
  readonly mounts: readonly { readonly source: string; readonly destination: string }[];
  readonly http_service: {
    readonly internal_port: number;
    readonly auto_stop_machines: string;
    readonly checks: readonly { readonly method: string; readonly path: string }[];
  };
}

export const flyToml = (): FlyToml => parseToml(readExample('fly/fly.toml')) as unknown as FlyToml;

interface DeployYml {
  readonly service: string;
  readonly servers: { readonly web: readonly string[] };
  readonly proxy: { readonly app_port: number; readonly healthcheck: { readonly path: string } };
  readonly volumes: readonly string[];
  readonly env: { readonly clear: Record<string, string>; readonly secret: readonly string[] };
  readonly builder: {
    readonly context: string;
    readonly dockerfile: string;
    readonly args: Record<string, string>;
  };
  readonly hooks_path: string;
}

export const deployYml = (): DeployYml => parseYaml(readExample('kamal/deploy.yml')) as DeployYml;

/** What `examples/boot` makes a file of: the secret's variable, and the one that then names the file. */
export function bootSecrets(): Map<string, string> {
  const calls = readExample('boot').matchAll(/^into (\w+) (\w+)$/gm);
  return new Map([...calls].map(([, secret = '', variable = '']) => [secret, variable]));
}
