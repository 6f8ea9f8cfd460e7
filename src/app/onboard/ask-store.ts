import {
  DATABASE_PREFIX,
  databaseKey,
  databaseName,
  INDEX_NAME,
  wholeSeconds,
} from '../../bucket/object-names.ts';
import { asFailure } from '../../failure.ts';
import { readLiveIndex } from '../../install/live-index.ts';
import { publishedIndex } from '../../publish/stored-index.ts';
import type { PublishedIndex } from '../../report/fleet-results.ts';
import { readStoreSettings } from '../../store/store-settings.ts';
import { counted } from '../../text.ts';
import { readUpdateSettings } from '../../update/update-settings.ts';
import { siteOf, storeSettingsOf, type World } from '../machine/machine-context.ts';
import { shortTime } from './ask-place.ts';
import {
  type Asker,
  type Finding,
  firstProblem,
  lineProblem,
  problemIn,
  type Row,
  required,
} from './asker.ts';
import { type Answers, hasSecret, withoutPart, withSettings } from './onboard-answers.ts';
import { askSecret, type Part, secretRow, settingRows } from './wizard-part.ts';

/** Milliseconds. Somebody waits for it. */
const PATIENCE_MS = 10_000;

const ENDPOINT = 'AWS_ENDPOINT_URL_S3';
const EXAMPLE = 'https://fly.storage.tigris.dev';

/** The object store that the index is published to. */
export const STORE: Part = {
  name: 'store',
  title: 'The object store',
  flags: '--store-endpoint with both keys, or --no-store',
  isAnswered: (answers) =>
    answers.declined.has('store') ||
    (answers.settings.has(ENDPOINT) &&
      hasSecret(answers, 'AWS_ACCESS_KEY_ID') &&
      hasSecret(answers, 'AWS_SECRET_ACCESS_KEY')),
  rows,
  ask,
  checking: 'Listing the bucket',
  check: (answers, world) => check(answers, world),
};

function rows(answers: Answers): Row[] {
  if (answers.declined.has('store')) return [['Store', 'none']];
  return [
    ...settingRows(answers, [
      ['Store', ENDPOINT],
      ['Bucket', 'BUCKET_NAME'],
      ['Region', 'AWS_REGION'],
    ]),
    ...secretRow(answers, 'Key id', 'AWS_ACCESS_KEY_ID'),
    ...secretRow(answers, 'Secret key', 'AWS_SECRET_ACCESS_KEY'),
  ];
}

async function ask(answers: Answers, asker: Asker): Promise<Answers> {
  const has = await asker.choose({
    message: 'How do machines get the index?',
    choices: [
      { value: true, label: 'From an object store (S3)', hint: 'needed for Fly' },
      { value: false, label: 'There is no store', hint: 'Kamal alone' },
    ],
    preset: !answers.declined.has('store'),
  });
  if (!has) return withoutPart(answers, 'store');
  const { settings } = answers;
  const endpoint = await asker.text({
    message: 'Address of the store (AWS_ENDPOINT_URL_S3)',
    present: settings.get(ENDPOINT) ?? EXAMPLE,
    problem: firstProblem(required('An address'), lineProblem, settingProblem(ENDPOINT)),
  });
  const bucket = await asker.text({
    message: 'Bucket (BUCKET_NAME)',
    present: settings.get('BUCKET_NAME') ?? 'showcase',
    problem: firstProblem(required('A bucket'), lineProblem, settingProblem('BUCKET_NAME')),
  });
  const region = await asker.text({
    message: 'Region (AWS_REGION)',
    present: settings.get('AWS_REGION') ?? 'auto',
    problem: firstProblem(required('A region'), lineProblem, settingProblem('AWS_REGION')),
  });
  const placed = withSettings(answers, 'store', {
    [ENDPOINT]: endpoint,
    BUCKET_NAME: bucket,
    AWS_REGION: region,
  });
  const withId = await askSecret(placed, asker, {
    part: 'store',
    name: 'AWS_ACCESS_KEY_ID',
    label: 'Key id (AWS_ACCESS_KEY_ID)',
  });
  return await askSecret(withId, asker, {
    part: 'store',
    name: 'AWS_SECRET_ACCESS_KEY',
    label: 'Secret key (AWS_SECRET_ACCESS_KEY)',
  });
}

/** What is wrong with one setting, whatever the others are. */
function settingProblem(name: string): (value: string) => string | null {
  const others = { AWS_ACCESS_KEY_ID: 'x', AWS_SECRET_ACCESS_KEY: 'x', [ENDPOINT]: EXAMPLE };
  return (value) => problemIn(() => readStoreSettings({ ...others, [name]: value }));
}

async function check(answers: Answers, world: World): Promise<Finding> {
  if (answers.declined.has('store')) return { lines: [], warnings: [] };
  const settings = storeSettingsOf(world);
  if (!settings) throw new Error('the store is neither there nor declined');
  const timeoutMs = Math.min(settings.timeoutMs, PATIENCE_MS);
  try {
    const { createStore } = await import('../../store/store.ts');
    const store = createStore({ ...settings, timeoutMs });
    let databases = 0;
    for await (const { key } of store.list(DATABASE_PREFIX)) if (databaseName(key) !== null) databases += 1;
    const head = await store.head(databaseKey(INDEX_NAME));
    const found = `Bucket ${settings.bucket} answers: ${counted(databases, 'database')} below ${DATABASE_PREFIX}`;
    if (head.kind === 'missing')
      return {
        lines: [found, 'It has no index yet: the first update publishes the one of this host'],
        warnings: [],
      };
    return { lines: [found, ...(await compare(publishedIndex(head.object), world))], warnings: [] };
  } catch (error) {
    const { message, hint } = asFailure(error);
    return { lines: [], warnings: [`${message}. ${hint}`] };
  }
}

/** Whose index is newer. */
async function compare(theirs: PublishedIndex, world: World): Promise<string[]> {
  const who = theirs.by === null ? '' : ` by ${theirs.by}`;
  const published = `Its index was published${who} on ${shortTime(theirs.publishedAt)}`;
  const own = await readLiveIndex(await siteOf(world), readUpdateSettings(world.env).maxIndexBytes);
  if (own.modified === null) return [published];
  if (theirs.digest !== undefined && theirs.digest === own.digest)
    return [published, 'It is the same as the index of this host'];
  const seconds = wholeSeconds(own.modified) - wholeSeconds(new Date(theirs.time));
  if (seconds > 0) return [published, 'The index of this host is newer: the first update publishes it'];
  if (seconds === 0) return [published, 'The index of this host was changed at the same time'];
  return [
    published,
    `It was last changed on ${shortTime(theirs.time)}, after the index of this host: fetch it first (cgi-bin/update_config --force), or the first update ends with 4 and publishes nothing`,
  ];
}
