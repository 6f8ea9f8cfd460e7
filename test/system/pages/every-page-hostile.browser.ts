import { describeEveryPage } from '../../support/browser/suite.ts';

describeEveryPage('hostile');
