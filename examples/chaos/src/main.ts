import { parseArgs } from 'node:util';
import { startFailingS3 } from './failing-s3.ts';
import { startFailingStream } from './failing-stream.ts';
import { isSound } from './is-sound.ts';
import { naiveHostApp } from './naive-host-app.ts';
import { runChaos } from './run-chaos.ts';
import { serviceHostApp } from './service-host-app.ts';

const { values } = parseArgs({
  options: { uploads: { type: 'string', default: '500' }, seed: { type: 'string', default: '1' } },
});
const settings = { uploads: Number(values.uploads), seed: Number(values.seed) };
for (const [name, start] of Object.entries({
  's3-cloudfront': startFailingS3,
  'cloudflare-stream': startFailingStream,
})) {
  const calm = await runChaos({ ...settings, start, hostApp: serviceHostApp, faultShare: 0 });
  for (const [way, hostApp] of Object.entries({ VideoService: serviceHostApp, 'naive order': naiveHostApp })) {
    const report = await runChaos({ ...settings, start, hostApp });
    const { requests } = report;
    const ratio = (requests.total - requests.lookUps) / calm.requests.total;
    console.log(`${name}, ${way}: ${JSON.stringify(report)}, ${ratio.toFixed(3)} of the requests without faults`);
    if (hostApp === serviceHostApp && !isSound(report, settings.uploads)) process.exitCode = 1;
  }
}
