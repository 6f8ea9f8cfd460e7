import { Failure } from './failure.ts';
import { quoted } from './text.ts';

/**
 * A whole number from the environment; `preset` where the variable is unset or empty.
 *
 * @throws {Failure} `config-invalid`, naming the variable.
 */
export function readWholeNumber(
  env: NodeJS.ProcessEnv,
  name: string,
  preset: number,
  least: number,
  most: number,
): number {
  const text = env[name];
  if (!text) return preset;
  const value = Number(text);
  if (!/^[0-9]+$/.test(text) || value < least || value > most) {
    throw new Failure(
      'config-invalid',
      `${name} is ${quoted(text)}; it must be a whole number from ${least} to ${most}`,
      {
        hint: `Set ${name} to such a number, or unset it for ${preset}.`,
      },
    );
  }
  return value;
}

/** A day: beyond it a number of seconds is a mistake, and not far beyond it Node's timers overflow and fire at once. */
const MOST_SECONDS = 86_400;

/**
 * A time that the environment has in seconds, a fraction allowed; `preset` seconds where the variable is unset or empty.
 *
 * @returns whole milliseconds, at least one
 * @throws {Failure} `config-invalid`, naming the variable.
 */
export function readSeconds(env: NodeJS.ProcessEnv, name: string, preset: number): number {
  const text = env[name];
  if (!text) return preset * 1000;
  const value = /^[0-9]{1,6}(\.[0-9]+)?$/.test(text) ? Number(text) : 0;
  if (value > 0 && value <= MOST_SECONDS) return Math.ceil(value * 1000);
  throw new Failure(
    'config-invalid',
    `${name} is ${quoted(text)}; it must be a number of seconds above 0 and up to ${MOST_SECONDS}`,
    {
      hint: `Set ${name} to such a number, or unset it for ${preset}.`,
    },
  );
}

/**
 * The address of a site, such as `https://smooth.fly.dev/showcase`, without slashes at its end; null where the variable is
 * unset or empty.
 *
 * @param where what is there, for the hint: `these pages are seen`
 * @throws {Failure} `config-invalid`, naming the variable, for anything else, and for an address with a query or a name.
 */
export function readSiteAddress(env: NodeJS.ProcessEnv, name: string, where: string): string | null {
  const text = env[name];
  if (!text) return null;
  const url = URL.canParse(text) ? new URL(text) : null;
  const isPlain = url && !url.search && !url.hash && !url.username && !url.password;
  if (!isPlain || (url.protocol !== 'https:' && url.protocol !== 'http:')) {
    throw new Failure('config-invalid', `${name} is ${quoted(text)}, which is not the address of a site`, {
      hint: `Set ${name} to where ${where}, such as https://smooth.fly.dev/showcase.`,
    });
  }
  return url.href.replace(/\/+$/, '');
}

/**
 * A command from the environment: program and arguments, separated by spaces. No shell looks at it, so nothing in it is
 * quoted; what needs more is a script. `preset` where the variable is unset or blank.
 *
 * @throws {Failure} `config-invalid`, naming the variable, for a command with quotes or control characters.
 */
export function readCommand(
  env: NodeJS.ProcessEnv,
  name: string,
  preset: readonly string[],
): readonly string[] {
  const words = (env[name] ?? '').split(/ +/).filter((word) => word !== '');
  if (words.length === 0) return preset;
  if (words.some((word) => /["'`\\\p{Cc}]/u.test(word))) {
    throw new Failure('config-invalid', `${name} holds quotes, backslashes or control characters`, {
      hint: `Set ${name} to a program and its arguments with spaces between them, or to a script of your own.`,
    });
  }
  return words;
}
