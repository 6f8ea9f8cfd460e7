import { startEmbedded } from '../support/embedded.ts';
import { storeContract } from './contract.ts';

storeContract(startEmbedded);
