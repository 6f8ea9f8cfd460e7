import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** A machine as flyctl and the Machines API show it. */
export function flyMachine(id: string, fields: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    id,
    name: `name-of-${id}`,
    state: 'started',
    region: 'iad',
    instance_id: '01J0000000000000000000000',
    private_ip: 'fdaa:0:1:a7b:1:1:1:2',
    config: { env: { FLY_PROCESS_GROUP: 'app' }, metadata: { fly_process_group: 'app' } },
    ...fields,
  };
}

/** Process groups where the platform has written them over the years. */
export const CONSOLE = { config: { metadata: { fly_process_group: 'fly_app_console' } } };

/** A stand-in flyctl: a shell script. */
export function writeProgram(path: string, script: string): string {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `#!/bin/sh\n${script}\n`);
  chmodSync(path, 0o755);
  return path;
}

/** A script that prints text, whatever is in it. */
export function prints(text: string): string {
  return `cat <<'END-OF-TEXT'\n${text}\nEND-OF-TEXT`;
}
