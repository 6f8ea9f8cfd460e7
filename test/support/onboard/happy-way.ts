import type { NewHost } from './new-host.ts';
import { KEYS, type OnboardTerminal } from './onboard-terminal.ts';

/** A question, by what it says, and the keys that answer it. */
export type Stop = readonly [question: string, keys: string];

const { enter, down, clear } = KEYS;
const typed = (text: string) => `${clear}${text}${enter}`;

export const TOKEN = 'rehearsal';
export const PASSWORD = 'pa55 word-of-ada';

/** Every question up to the summary, with answers that are right. */
export function happyWay({ appRoot, dbDir, surroundings }: NewHost): Stop[] {
  const { settings } = surroundings.published;
  return [
    ["The application's directory", typed(appRoot)],
    ['The directory of databases', typed(dbDir)],
    ['How do machines get the index?', enter],
    ['Address of the store', typed(settings.endpoint)],
    ['Bucket (BUCKET_NAME)', typed(settings.bucket)],
    ['Region (AWS_REGION)', typed('auto')],
    ['Key id (AWS_ACCESS_KEY_ID)', enter],
    ['Key id (AWS_ACCESS_KEY_ID)', `${settings.accessKeyId}${enter}`],
    ['Secret key (AWS_SECRET_ACCESS_KEY)', enter],
    ['Secret key (AWS_SECRET_ACCESS_KEY)', `${settings.secretAccessKey}${enter}`],
    ['Which machines are to be updated?', enter],
    ['Name of the Fly app', typed('smooth')],
    ['How are its machines found?', `${down}${enter}`],
    ['Token of Fly', enter],
    ['Token of Fly', `${TOKEN}${enter}`],
    ['Who asks the machines', enter],
    ['Name of the administrator', typed('ada')],
    ['Password (FLEET_PASSWORD)', enter],
    ['Password (FLEET_PASSWORD)', `${PASSWORD}${enter}`],
    ['Is there a web part', `${down}${down}${enter}`],
    ['Where it answers', typed(`${surroundings.url}/showcase`)],
    ['Where its pages are seen', typed('')],
    ['Where events of fly are seen', typed(`${surroundings.url}/showcase`)],
    ['Stream deploy logs to a dashboard?', 'y'],
    ['Callback URL:', typed(`${surroundings.url}/api/deploys`)],
    ['Save this?', enter],
  ];
}

/** Answers questions in their order. */
export async function answer(terminal: OnboardTerminal, stops: readonly Stop[]): Promise<void> {
  for (const [question, keys] of stops) {
    await terminal.asked(question);
    terminal.type(keys);
  }
}

/** Options and variables that answer everything but what is to become of deploy logs, and whether it is saved and run. */
export function unattended({ appRoot, dbDir, surroundings }: NewHost): {
  readonly options: string[];
  readonly env: Record<string, string>;
} {
  const { endpoint, accessKeyId, secretAccessKey } = surroundings.published.settings;
  return {
    options: [
      ...['--app-root', appRoot, '--db-dir', dbDir],
      ...['--store-endpoint', endpoint, '--bucket', 'showcase'],
      ...['--target', 'fly', '--fly-app', 'smooth', '--no-login', '--no-web'],
    ],
    env: { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey, FLY_API_TOKEN: TOKEN },
  };
}
