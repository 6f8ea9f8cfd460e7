import { bareEtag } from '../etag.ts';
import { isRecord } from '../json.ts';

/** That the index in the store was written. */
export interface IndexNotification {
  /** The same for the same event, however often it is told: its time, its number where it has one, and the ETag. */
  readonly id: string;
  /** Without quotes. */
  readonly etag: string;
}

export interface IndexPlace {
  /** Null for any. */
  readonly bucket: string | null;
  readonly key: string;
}

/** One event of any store, in one form. */
interface StoreEvent {
  readonly name: string;
  readonly bucket: string;
  readonly key: string;
  readonly etag: string;
  readonly time: string;
  readonly number: string;
}

type Fields = Readonly<Record<string, unknown>>;

/** Of Amazon S3 and those that speak as it does, of EventBridge, and of Tigris. */
const CREATED = /^(?:s3:)?ObjectCreated:|^Object Created$|^OBJECT_CREATED/;

/**
 * The last time that the index was written, among the events of a notification: those of Amazon S3 (`Records`, which MinIO and
 * radosgw send, too), of Amazon EventBridge (`detail`), or of Tigris (`events`).
 *
 * @returns null if it tells of nothing that concerns the index
 */
export function readNotification(body: Fields, { bucket, key }: IndexPlace): IndexNotification | null {
  const written = eventsOf(body)
    .filter((event) => CREATED.test(event.name) && event.key === key)
    .filter((event) => bucket === null || event.bucket === bucket)
    .filter(({ etag }) => etag !== '')
    .sort((one, other) => compare(one.time, other.time));
  const last = written.at(-1);
  return last ? { id: [last.time, last.number, last.etag].join('/'), etag: last.etag } : null;
}

function eventsOf(body: Fields): StoreEvent[] {
  if (Array.isArray(body['Records'])) return body['Records'].filter(isRecord).map(amazonEvent);
  if (Array.isArray(body['events'])) return body['events'].filter(isRecord).map(tigrisEvent);
  return isRecord(body['detail']) ? [bridgeEvent(body, body['detail'])] : [];
}

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html */
function amazonEvent(record: Fields): StoreEvent {
  const s3 = part(record, 's3');
  const object = part(s3, 'object');
  return {
    name: text(record, 'eventName'),
    bucket: text(part(s3, 'bucket'), 'name'),
    key: decoded(text(object, 'key')),
    etag: bareEtag(text(object, 'eTag')),
    time: text(record, 'eventTime'),
    number: text(object, 'sequencer'),
  };
}

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/ev-events.html */
function bridgeEvent(body: Fields, detail: Fields): StoreEvent {
  const object = part(detail, 'object');
  return {
    name: text(body, 'detail-type'),
    bucket: text(part(detail, 'bucket'), 'name'),
    key: text(object, 'key'),
    etag: bareEtag(text(object, 'etag')),
    time: text(body, 'time'),
    number: text(object, 'sequencer'),
  };
}

/** https://www.tigrisdata.com/docs/buckets/object-notifications/ */
function tigrisEvent(event: Fields): StoreEvent {
  const object = part(event, 'object');
  return {
    name: text(event, 'eventName'),
    bucket: text(event, 'bucket'),
    key: text(object, 'key'),
    etag: bareEtag(text(object, 'eTag')),
    time: text(event, 'eventTime'),
    number: '',
  };
}

/** Amazon encodes keys as a form does. */
function decoded(key: string): string {
  try {
    return decodeURIComponent(key.replaceAll('+', ' '));
  } catch {
    return key;
  }
}

function part(fields: Fields, name: string): Fields {
  const value = fields[name];
  return isRecord(value) ? value : {};
}

/** Cut, since it is kept. */
function text(fields: Fields, name: string): string {
  const value = fields[name];
  return typeof value === 'string' ? value.slice(0, 1024) : '';
}

function compare(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}
