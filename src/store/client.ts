import { S3Client } from '@aws-sdk/client-s3';
import { type CorruptError, ForeignError, OverlongError, StatusError } from './failures.ts';
import type { StoreSettings } from './object-store.ts';
import { collect, transport } from './transport.ts';

/** Retrying belongs to `retry.ts`, over whole operations: a body cut short is beyond the SDK's own retries. */
const once = {
  mode: 'none',
  retry: <Args, Result>(next: (args: Args) => Promise<Result>, args: Args): Promise<Result> => next(args),
};

/**
 * The SDK's client with every setting spelled out. A setting that is left out is one that the SDK looks for in
 * `AWS_*` variables, in `~/.aws`, or on the instance's metadata service: a hung look-up on the wrong machine, and a way
 * for a stray file to change what an update does.
 */
export function createClient(settings: StoreSettings): S3Client {
  const client = new S3Client({
    endpoint: settings.endpoint,
    ignoreConfiguredEndpointUrls: true,
    region: settings.region,
    credentials: {
      accessKeyId: settings.accessKeyId,
      secretAccessKey: settings.secretAccessKey,
      ...(settings.sessionToken === undefined ? {} : { sessionToken: settings.sessionToken }),
    },
    forcePathStyle: true,
    requestHandler: transport,
    streamCollector: (body) => collect(body as AsyncIterable<Uint8Array>),
    retryStrategy: once as never,
    maxAttempts: 1,
    retryMode: 'standard',
    defaultsMode: 'standard',
    // Tigris rejects the aws-chunked uploads that the default leads to.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    authSchemePreference: ['sigv4'],
    disableClockSkewCorrection: false,
    sigv4aSigningRegionSet: [settings.region],
    expectContinueHeader: false,
    followRegionRedirects: false,
    disableMultiregionAccessPoints: true,
    disableS3ExpressSessionAuth: true,
    useAccelerateEndpoint: false,
    useArnRegion: false,
    useDualstackEndpoint: false,
    useFipsEndpoint: false,
    useGlobalEndpoint: false,
    userAgentAppId: async () => undefined,
    defaultUserAgentProvider: async () => [['showcase-config', '1']],
  });
  client.middlewareStack.add(
    (next) => (args) => {
      // Without it, Tigris answers from the nearest region, which may not have seen the last write yet.
      (args.request as { headers: Record<string, string> }).headers['x-tigris-consistent'] = 'true';
      return next(args);
    },
    { step: 'build', name: 'tigrisConsistent' },
  );
  client.middlewareStack.add(
    (next) => async (args) => {
      try {
        return await next(args);
      } catch (error) {
        throw unreadable(error) ?? error;
      }
    },
    { step: 'initialize', priority: 'high', name: 'unreadable' },
  );
  return client;
}

/**
 * Replaces an error of the SDK about a 2xx answer that it could not parse. The original goes no further: it has the
 * open connection, and with it the request and its signature.
 */
function unreadable(error: unknown): CorruptError | OverlongError | null {
  if (
    !(error instanceof Error) ||
    !('$response' in error) ||
    error instanceof StatusError ||
    error instanceof ForeignError
  )
    return null;
  const { body } = error.$response as { body?: { destroy?(): void } };
  body?.destroy?.();
  // Behind the first line the SDK says where it has put the answer.
  const [reason = ''] = error.message.split('\n');
  return error instanceof OverlongError
    ? new OverlongError(reason)
    : new ForeignError(`the answer is not an S3 answer (${reason})`);
}
