import { describePlaying } from '../test-support/describe-playing.ts';

describePlaying(({ access }) => access === 'cookies');
