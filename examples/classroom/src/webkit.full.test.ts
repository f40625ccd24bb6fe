import { describeOtherBrowser } from '../test-support/describe-other-browser.ts';
import { hasWebKit, launchWebKit } from '../test-support/webkit.ts';

describeOtherBrowser('WebKit', hasWebKit, launchWebKit);
