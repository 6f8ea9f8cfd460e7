import type { PlainRow } from './schema.ts';

/** Of the sample index only: administrator of everything, with the password in clear for the demo and the tests. */
export const SAMPLE_ADMINISTRATOR = { userid: 'ada', password: 'viennese-waltz' };

/** Of the sample index only: everybody but the administrator has this password. */
export const SAMPLE_PASSWORD = 'quickstep';

/** The user whom `changeSample` removes. */
export const SAMPLE_REMOVED_USER = 'studio1';

const ADMINISTRATOR_HASH = '$2y$05$abcdefghijklmnopqrstuu7Dw8UDjZ5qTIli8CUJxIzjPPXMcXuTy';

/** Every kind of hash that a line may have, each of `SAMPLE_PASSWORD`. */
export const SAMPLE_HASHES: Readonly<Record<string, string>> = {
  'bcrypt 2y': '$2y$05$abcdefghijklmnopqrstuuiXiWgdxbid7DydtMLMCCP.001l1HnG6',
  'bcrypt 2b': '$2b$05$abcdefghijklmnopqrstuuiXiWgdxbid7DydtMLMCCP.001l1HnG6',
  'bcrypt 2a': '$2a$05$abcdefghijklmnopqrstuuiXiWgdxbid7DydtMLMCCP.001l1HnG6',
  apr1: '$apr1$Nx7845Ol$iKCauEJB2kejySqmt0Vro/',
  SHA: '{SHA}kN2q9MLfyHKPfHlvcDfvWq17XX0=',
  SSHA: '{SSHA}5KhB//taVzFyUs+UcqgGr/G3yU1zYWx0OGJ5dA==',
  'crypt-sha256': '$5$fallaway$yMMm8S3PalC5G5bHeU/nUj7t9QsZyD1xFsKBQVZhPPC',
  'crypt-sha512':
    '$6$rounds=6000$featherstep$lcVZwJQteGmpUSaDmJG6/QUvy8UAcqwmZkB.6WW2qwycxR1x04k37t8GMkAEIFcG5YhLu352VRCYxZ8Gs6n4A.',
};

/**
 * The administrator, then one user a studio, with the kinds of hashes taking turns; every ninth has no password yet,
 * and every seventh may enter two studios.
 */
export function samplePeople(studioNames: readonly string[]): PlainRow[] {
  const hashes = Object.values(SAMPLE_HASHES);
  const people = studioNames.map((name, at) => {
    const userid = `studio${at + 1}`;
    const hash = hashes[at % hashes.length] ?? '';
    const second = at % 7 === 6 ? `, ${studioNames[at - 1]}` : '';
    return person(userid, at % 9 === 8 ? null : `${userid}:${hash}`, `${name}${second}`);
  });
  const { userid } = SAMPLE_ADMINISTRATOR;
  return [person(userid, `${userid}:${ADMINISTRATOR_HASH}`, 'index'), ...people];
}

function person(userid: string, password: string | null, sites: string): PlainRow {
  return { userid, password, email: `${userid}@example.com`, name1: userid, name2: 'Sample', sites };
}
