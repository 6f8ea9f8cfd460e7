import { startRadosgw } from '../support/radosgw.ts';
import { storeContract } from './contract.ts';

// The same suite that holds for the embedded store, on a real one: it is what keeps the embedded one honest.
storeContract(startRadosgw);
