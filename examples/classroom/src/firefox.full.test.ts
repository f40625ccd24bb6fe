import { describeOtherBrowser } from '../test-support/describe-other-browser.ts';
import { hasFirefox, launchFirefox } from '../test-support/firefox.ts';

describeOtherBrowser('Firefox', hasFirefox, launchFirefox);
