import { describePlaying } from '../test-support/describe-playing.ts';

describePlaying(({ backend }) => backend === 'stream');
