import { join } from 'node:path';
import { Seals } from '../../../src/http/seals.ts';
import { IndexEditor } from '../../../src/requests/index-editor.ts';
import { IndexReader } from '../../../src/requests/index-reader.ts';
import type { WholeRow } from '../../../src/requests/index-tables.ts';
import { createRuns } from '../../../src/runs/create-runs.ts';
import type { Runs } from '../../../src/runs/runs.ts';
import { ResetLinks } from '../../../src/web/password/reset-links.ts';
import { playedParts } from '../runs/parts.ts';
import { PlayedUpdate } from '../runs/played-update.ts';

/** All that a password is set with by a link, in a directory, without pages. */
export interface LinkRoom {
  readonly runs: Runs;
  readonly links: ResetLinks;
  readonly editor: IndexEditor;
  readonly played: PlayedUpdate;
  user(userid: string): Promise<WholeRow>;
}

export function openLinkRoom(home: string): LinkRoom {
  const path = join(home, 'db/index.sqlite3');
  const reader = new IndexReader(path);
  const played = new PlayedUpdate(join(home, 'played'));
  const runs = createRuns({
    ...playedParts(home, played),
    isInIndex: async ({ subject, after }) => {
      const row = (await reader.rows()).users.find(({ userid }) => userid === subject);
      return row?.['updated_at'] === after?.['updated_at'];
    },
  });
  return {
    runs,
    played,
    links: new ResetLinks(runs.tokens, new Seals(Buffer.alloc(32, 7), Date.now)),
    editor: new IndexEditor({ path, log: runs, live: () => null }),
    user: async (userid) => {
      const found = (await reader.rows()).users.find((row) => row['userid'] === userid);
      if (!found) throw new Error(`no user ${userid}`);
      return found;
    },
  };
}
