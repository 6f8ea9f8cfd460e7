import { storeContract } from '../../support/store/contract.ts';
import { startRadosgw } from '../../support/store/radosgw.ts';

// The same suite that holds for the embedded store, on a real one: it is what keeps the embedded one honest.
storeContract(startRadosgw);
