/** What to do about an `npm ci` that failed, told from what it said. */
import { lstatSync } from 'node:fs';
import { dirname, join, sep } from 'node:path';

const UNREACHABLE =
  /^(ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ECONNABORTED|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH|EPIPE|ERR_SOCKET_TIMEOUT|FETCH_ERROR|E5\d\d|E429|ERR_INVALID_URL|EUNSUPPORTEDPROTOCOL)$/;
const CERTIFICATE = /CERT|SELF_SIGNED|UNABLE_TO_VERIFY|UNABLE_TO_GET_ISSUER|ERR_TLS|ERR_SSL|EPROTO/;

/**
 * @param {object} failed
 * @param {string} failed.output what npm wrote
 * @param {string | null} failed.signal that ended it
 * @param {string | undefined} failed.code why it could not be started
 * @param {string} failed.root the project's directory
 * @returns {string} sentences that say what to do
 */
export function adviceFor({ output, signal, code, root }) {
  if (code === 'ENOENT') return 'npm is not on the PATH. Install it (it comes with Node), then try again.';
  if (signal) {
    return `npm was ended by ${signal}. If nobody did that, memory was short: make some free, then try again.`;
  }
  const said = { code: field(output, 'code'), path: field(output, 'path') };
  const [, advice] = CAUSES.find(([holds]) => holds(said, output)) ?? [];
  return advice ? advice(said, root) : 'npm says above what is wrong. Set that right, then try again.';
}

/** The same for an error of a file operation. */
export const adviceForError = ({ code, path }, root) =>
  adviceFor({
    output: `npm error code ${code}\nnpm error path ${path}`,
    signal: null,
    code: undefined,
    root,
  });

/** Of a line such as `npm ERR! code EACCES` (npm 9 and 10) or `npm error code EACCES`. */
function field(output, name) {
  return new RegExp(`^npm (?:ERR!|error) ${name} (.+)$`, 'm').exec(output)?.[1].trim() ?? '';
}

const CAUSES = [
  [
    ({ code }) => code === 'EINTEGRITY',
    () =>
      'What came is not what package-lock.json proves with its digest. Try again after `npm cache verify`; ' +
      'if it stays so, the registry has other bytes than this project was made with: do not use them, and tell whoever keeps it.',
  ],
  [
    ({ code }, output) => code === 'ENOSPC' || output.includes('ENOSPC'),
    (_, root) =>
      `There is no space left. It takes about 500 MB below ${root}, and 150 MB in npm's cache (npm config get cache): make that free, then try again.`,
  ],
  [({ code }) => /^(EACCES|EPERM|EROFS)$/.test(code), adviceForPath],
  [
    ({ code }, output) => code === 'EUSAGE' && /in sync|lockfileVersion|package-lock/.test(output),
    () =>
      'package-lock.json does not fit package.json. Take both as they are in the repository (git checkout package.json package-lock.json), or, if you have changed package.json, run npm install, then try again.',
  ],
  [
    ({ code }) => code === 'EBADPLATFORM',
    () =>
      `A package has no build for ${process.platform} on ${process.arch}. The project is made for Linux with glibc or musl, and macOS, on x64 and arm64.`,
  ],
  [
    ({ code }) => /^(E401|E403|ENEEDAUTH)$/.test(code),
    () =>
      'The npm registry refuses. Log in to it (npm login), or choose another one (npm config set registry), then try again.',
  ],
  [
    ({ code }) => /^(E404|ETARGET|ENOVERSIONS)$/.test(code),
    () =>
      'The npm registry does not have that version. Is it a mirror that is behind (npm config get registry)? Choose another one, then try again.',
  ],
  [
    ({ code }, output) => CERTIFICATE.test(code) || /certificate|self.signed/i.test(output),
    () =>
      "The npm registry's certificate is not accepted. If a proxy puts its own in its place, name that one's with NODE_EXTRA_CA_CERTS or `npm config set cafile`, then try again.",
  ],
  [
    ({ code }, output) =>
      UNREACHABLE.test(code) ||
      /network|ENOTFOUND|ECONNREFUSED|ETIMEDOUT|Exit handler never called/.test(output),
    () =>
      'The npm registry cannot be reached, or falls silent. See that it answers (npm ping) and is the right one (npm config get registry), then try again.',
  ],
];

/** Where something may not be written. */
function adviceForPath({ path }, root) {
  const own = path === root || path.startsWith(join(root, sep));
  if (!own) {
    return `You may not write to ${path || 'a directory of npm'}. If that is npm's cache, name another: npm config set cache DIR. Then try again.`;
  }
  const { directory, uid } = ownerOf(path);
  return `You may not write to ${directory}, which belongs to user ${uid}. Work in a clone of your own, or have that user run npm run setup.`;
}

/** The nearest directory above a path that is there, and whose it is. */
function ownerOf(path) {
  const directory = dirname(path);
  try {
    return { directory, uid: lstatSync(directory).uid };
  } catch {
    return directory === path ? { directory, uid: 0 } : ownerOf(directory);
  }
}
