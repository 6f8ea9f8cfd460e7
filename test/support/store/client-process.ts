// A process of its own that asks the store named in its environment for one object (its argument), as `runClient`
// starts it, and prints the outcome as one line of JSON.
import { createReader } from '../../../src/store/reader.ts';
import { readStoreSettings } from '../../../src/store/store-settings.ts';

const settings = readStoreSettings(process.env);
if (!settings) throw new Error('no store in the environment');
const get = await createReader(settings).get(process.argv[2] ?? '', { maxBytes: 1_000_000 });
console.log(JSON.stringify({ get: get.kind === 'found' ? { ...get, bytes: get.bytes.toString() } : get }));
