import type { StatusError } from './failures.ts';

/** What to do, by what is wrong. */
export const HINTS = {
  down: 'Try again. If it still fails, check that the store is up and that AWS_ENDPOINT_URL_S3 is right.',
  keys: 'Check AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, and that they may use this bucket.',
  clock: 'The clock of this machine is wrong by more than the store allows: set it.',
  bucket: 'Check BUCKET_NAME and AWS_ENDPOINT_URL_S3.',
  moved: 'Set AWS_ENDPOINT_URL_S3 to the address of the store itself: redirects are not followed.',
  certificate: "The store's certificate does not hold: check AWS_ENDPOINT_URL_S3 and this machine's clock.",
  overlong: 'Check AWS_ENDPOINT_URL_S3: no object store sends so much, so something else may answer there.',
  foreign:
    'Check AWS_ENDPOINT_URL_S3: an S3 store does not answer there, or something in between changes its answers.',
  corrupt: 'Try again. If it stays so, upload the object anew: what is stored does not match its checksums.',
  compressed: 'Upload it anew without compression: databases and inventories are stored as they are.',
};

/** By the store's own code. */
const BY_CODE: Readonly<Record<string, string>> = {
  AccessDenied: 'The keys are right, but may not do this: let them read, list and write in this bucket.',
  ExpiredToken: 'AWS_SESSION_TOKEN has expired: set it anew, with the two keys that belong to it.',
  TokenRefreshRequired: 'AWS_SESSION_TOKEN has expired: set it anew, with the two keys that belong to it.',
  InvalidToken: 'AWS_SESSION_TOKEN does not belong to these keys: set all three anew, or unset it.',
  InvalidAccessKeyId:
    'The store does not know AWS_ACCESS_KEY_ID: check it, and AWS_ENDPOINT_URL_S3. A key that was lent for a while needs its AWS_SESSION_TOKEN.',
  SignatureDoesNotMatch:
    'Check AWS_SECRET_ACCESS_KEY: it does not belong to this AWS_ACCESS_KEY_ID. If it does, check AWS_REGION.',
  InvalidObjectState: 'The object is in an archive: restore it there first, or upload it anew.',
};

const REGION_CODES = new Set([
  'AuthorizationHeaderMalformed',
  'IllegalLocationConstraintException',
  'InvalidRegionName',
  'PermanentRedirect',
]);

/** What to do about an answer that another attempt would get again. */
export function refusalHint({ status, code, $response }: StatusError): string {
  const region = $response.headers['x-amz-bucket-region'] ?? '';
  if (REGION_CODES.has(code) || (status < 500 && /^[a-z0-9-]{2,40}$/.test(region) && status !== 403)) {
    const right = /^[a-z0-9-]{2,40}$/.test(region) ? `: the bucket is in ${region}` : '';
    const moved = status < 400 ? ` And: ${HINTS.moved}` : '';
    return `Check AWS_REGION${right || ', the region that the bucket is in'}.${moved}`;
  }
  const known = BY_CODE[code];
  if (known !== undefined) return known;
  if (code.startsWith('KMS.')) return 'Let these keys use the key that the object is encrypted with.';
  if (status < 400) return HINTS.moved;
  if (code === '' && status !== 401 && status !== 403) return HINTS.foreign;
  return status === 401 || status === 403 ? HINTS.keys : HINTS.bucket;
}
