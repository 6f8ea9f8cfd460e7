import { S3Client, type S3ClientConfig } from '@aws-sdk/client-s3';
import type { StoreSettings } from '../../../src/store/object-store.ts';

/** The SDK's own client as others use it, with its own transport: to see a store with other eyes than ours. */
export function plainClient(settings: StoreSettings, more: S3ClientConfig = {}): S3Client {
  return new S3Client({
    endpoint: settings.endpoint,
    region: settings.region,
    credentials: { accessKeyId: settings.accessKeyId, secretAccessKey: settings.secretAccessKey },
    forcePathStyle: true,
    maxAttempts: 1,
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    ...more,
  });
}
