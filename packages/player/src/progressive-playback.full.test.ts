import { describePlaying } from '../test-support/describe-playing.ts';

describePlaying(({ name }) => name.startsWith('progressive'));
