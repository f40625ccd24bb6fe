import { packageBuild } from '../../tsup.shared.ts';

export default packageBuild({
  runsIn: 'servers',
  programs: ['s3/command', 'cloudfront/command', 'cloudflare-stream/command'],
  more: { shims: true },
});
