import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Edit } from '../../../src/requests/request-model.ts';
import { type Published, startPublished } from '../machine/published.ts';
import { atEnd } from '../suite/at-end.ts';
import { PlayedFleet } from './played-fleet.ts';
import { webIndex } from './web-people.ts';
import { startWeb, type TestServer } from './web-server.ts';

/** A server with a store that has the index as it was at first, and machines that are played. */
export interface AdminScene {
  readonly server: TestServer;
  readonly fleet: PlayedFleet;
  readonly store: Published;
  /** Where the application's source is; its file `changes` has what is not deployed. */
  readonly source: string;
  /** Makes an edit as the administrator; gives the change's id. */
  edit(edit: Edit, publish?: boolean): Promise<string>;
}

/** @param index in place of `webIndex` */
export async function startAdminScene(index = webIndex().image): Promise<AdminScene> {
  const store = await startPublished();
  await store.publish(index);
  const fleet = new PlayedFleet();
  const source = mkdtempSync(join(tmpdir(), 'source-'));
  writeFileSync(join(source, 'changes'), '');
  const server = await startWeb({
    index,
    command: fleet.command,
    env: {
      ...store.env,
      APP_SOURCE: source,
      DEPLOY_CHECK_COMMAND: 'cat changes',
      PUBLIC_URL_FLY: 'http://127.0.0.1:9',
    },
  });
  atEnd(async () => {
    await server.end();
    await store.close();
    fleet.close();
    rmSync(source, { recursive: true });
  });
  const edit: AdminScene['edit'] = async (made, publish = false) => {
    const outcome = await server.context.editor.save(made, { by: 'ada', publish });
    if (outcome.kind !== 'saved') throw new Error(`not saved: ${JSON.stringify(outcome)}`);
    return outcome.change;
  };
  return { server, fleet, store, source, edit };
}

/** Gives the host a database of an event, as far as its name goes. */
export function addDatabase({ server }: AdminScene, name: string): void {
  const path = join(dirname(server.indexPath), `${name}.sqlite3`);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, '');
}
