import { onDisk } from '../../files/disk.ts';
import { openRunsFileBeside } from '../runs-file.ts';
import type { Projects } from './deploys.ts';
import { KeptProjects } from './kept-projects.ts';

/**
 * Projects and their keys, for a command beside the server, which sees at once what becomes of them.
 *
 * @param stateDir that of the server, which exists
 * @throws {Failure} `disk`, `config-invalid`
 */
export function openProjects(stateDir: string): { readonly projects: Projects; readonly close: () => void } {
  const db = openRunsFileBeside(stateDir);
  const write = <T>(work: () => T): T =>
    onDisk('cannot write', db.name, () => db.transaction(work).immediate());
  return { projects: new KeptProjects(db, write), close: () => db.close() };
}
