import { vi } from 'vitest';
import { pointsByProjection } from '../../support/browser/expected-points.ts';
import { describeEveryPage } from '../../support/browser/suite.ts';

// Each page is opened.
vi.setConfig({ testTimeout: 180_000 });

describeEveryPage('hostile', pointsByProjection);
