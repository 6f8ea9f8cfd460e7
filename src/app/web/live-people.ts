import { openImage } from '../../database/image.ts';
import { Failure } from '../../failure.ts';
import { readUsers } from '../../index/users.ts';
import { type LiveIndex, readLiveIndex } from '../../install/live-index.ts';
import { rowsIn } from '../../requests/index-tables.ts';
import type { Site } from '../../site/site.ts';
import type { People } from '../../web/person.ts';

/**
 * The people of the live index, as it is at each call. It is read again only when its file has changed.
 *
 * @throws {Failure} `index-missing`, `index-invalid`, `lock-timeout`, `disk`
 */
export function livePeople(site: Site): () => Promise<People> {
  let known: (LiveIndex & { readonly people: People }) | null = null;
  let underWay: Promise<People> | null = null;
  const read = async (): Promise<People> => {
    const live = await readLiveIndex(site, undefined, known);
    if (known === null || live.digest !== known.digest) known = { ...live, people: peopleIn(live) };
    else if (live !== known) known = { ...live, people: known.people };
    return known.people;
  };
  // Whoever asks while others wait for the index waits with them: what is read in the end is read after all have asked.
  return () => {
    underWay ??= read().finally(() => {
      underWay = null;
    });
    return underWay;
  };
}

function peopleIn({ image, problem }: LiveIndex): People {
  if (!image) throw unreadable(problem ?? 'there is none');
  const db = openImage(image);
  try {
    return {
      users: readUsers(db, []),
      rows: { users: rowsIn(db, 'users'), locations: rowsIn(db, 'locations') },
    };
  } catch (error) {
    throw unreadable((error as Error).message, error);
  } finally {
    db.close();
  }
}

function unreadable(why: string, cause?: unknown): Failure {
  return new Failure('index-missing', `the index of this host cannot be read: ${why}`, {
    hint: 'Nobody can log in before it is there. Look at index.sqlite3 in the db dir.',
    cause,
  });
}
