import { vi } from 'vitest';
import { makeSampleIndex } from '../../../dev/sample/sample.ts';
import { readValidIndex } from '../../../src/index/read-index.ts';
import { inventedIndex } from '../../support/indexes/invented-index.ts';
import { describeSite } from '../../support/pages/site-checks.ts';

// Each of a hundred pages is read by every rule of a validator.
vi.setConfig({ testTimeout: 180_000 });

describeSite('sample', () => readValidIndex(makeSampleIndex()).index);
describeSite('invented', inventedIndex);
