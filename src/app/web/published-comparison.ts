import { databaseKey, INDEX_NAME } from '../../bucket/object-names.ts';
import { Failure, problemOf } from '../../failure.ts';
import { pendingChanges } from '../../requests/pending.ts';
import type { Pending } from '../../requests/pending-model.ts';
import type { StoredObject, StoreSettings } from '../../store/object-store.ts';
import { sha256 } from '../../store/proof.ts';
import { createReader } from '../../store/reader.ts';
import type { Comparison } from '../../web/web-context.ts';

/** Milliseconds: somebody waits for a page. */
const TIMEOUT_MS = 5000;

export interface ComparisonContext {
  /** Null where there is no store. @throws {Failure} `config-invalid` */
  readonly settings: () => StoreSettings | null;
  readonly maxIndexBytes: number;
  /** The index of this host. @throws {Failure} */
  readonly own: () => Promise<Buffer>;
}

interface Published {
  readonly object: StoredObject;
  readonly image: Buffer;
}

/**
 * Compares the index of this host with that of the store, which is fetched only where its ETag is another one. Those who
 * ask at once share one request.
 */
export function publishedComparison(context: ComparisonContext): () => Promise<Comparison> {
  let known: Published | null = null;
  let compared: { readonly of: string; readonly pending: Pending } | null = null;
  let asking: Promise<Comparison> | null = null;

  const compare = async (): Promise<Comparison> => {
    const settings = context.settings();
    if (settings === null) return { kind: 'no-store' };
    const reader = createReader({ ...settings, timeoutMs: Math.min(settings.timeoutMs, TIMEOUT_MS) });
    const etag = known?.object.etag;
    const got = await reader.get(databaseKey(INDEX_NAME), {
      ...(etag === undefined ? {} : { ifNoneMatch: etag }),
      maxBytes: context.maxIndexBytes,
    });
    if (got.kind === 'missing') return { kind: 'not-published' };
    if (got.kind === 'too-large') throw tooLarge(got.size);
    if (got.kind === 'found') known = { object: got.object, image: got.bytes };
    if (known === null) throw new Error('the store says that what nobody has is unchanged');
    const { object, image } = known;
    const own = await context.own();
    const of = `${object.etag} ${sha256(own)}`;
    if (compared?.of !== of) compared = { of, pending: pendingChanges(image, own) };
    return {
      kind: 'compared',
      pending: compared.pending,
      publishedAt: object.modified.toISOString(),
      publishedBy: object.metadata['published-by'] || null,
    };
  };

  return () => {
    asking ??= compare()
      .catch((error: unknown): Comparison => {
        if (!(error instanceof Failure)) throw error;
        return { kind: 'unknown', problem: problemOf(error) };
      })
      .finally(() => {
        asking = null;
      });
    return asking;
  };
}

function tooLarge(size: number): Failure {
  return new Failure('index-too-large', `the index in the store has ${size} bytes, more than machines take`, {
    hint: 'Update the configuration: that publishes the index of this host.',
  });
}
