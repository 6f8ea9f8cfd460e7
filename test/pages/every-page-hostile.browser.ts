import { describeEveryPage } from '../support/pages/suite.ts';

describeEveryPage('hostile');
