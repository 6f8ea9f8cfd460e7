import { openImage } from '../../database/image.ts';
import { Failure } from '../../failure.ts';
import { type People, readPeople } from '../../index/people.ts';
import { type LiveIndex, readLiveIndex } from '../../install/live-index.ts';
import type { Site } from '../../site/site.ts';

/**
 * The people of the live index, as it is at each call. It is read again only when its file has changed.
 *
 * @throws {Failure} `index-missing`, `lock-timeout`, `disk`
 */
export function livePeople(site: Site): () => Promise<People> {
  let known: LiveIndex | null = null;
  let people: People | null = null;
  return async () => {
    const live = await readLiveIndex(site, undefined, known);
    if (people !== null && known !== null && known.digest !== null && live.digest === known.digest) {
      known = live;
      return people;
    }
    if (!live.image) {
      throw new Failure(
        'index-missing',
        `the index of this host cannot be read: ${live.problem ?? 'there is none'}`,
        {
          hint: 'Nobody can log in before it is there. Look at index.sqlite3 in the db dir.',
        },
      );
    }
    const db = openImage(live.image);
    try {
      people = readPeople(db);
      known = live;
      return people;
    } finally {
      db.close();
    }
  };
}
