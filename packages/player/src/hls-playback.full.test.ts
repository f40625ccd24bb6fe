import { describePlaying } from '../test-support/describe-playing.ts';

describePlaying(({ attributes, access }) => attributes['kind'] === 'hls' && access !== 'cookies');
