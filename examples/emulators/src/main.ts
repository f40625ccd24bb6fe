import { startCloudflareStream } from './cloudflare-stream.ts';
import { startS3AndCloudFront } from './s3-and-cloudfront.ts';
import { uploadAndPlay } from './upload-and-play.ts';

for (const start of [startS3AndCloudFront, startCloudflareStream]) {
  const emulated = await start();
  try {
    const { videoId, status, statusUnsigned } = await uploadAndPlay(emulated);
    console.log(`${emulated.storage.backendName}: ${videoId} is played: ${status}, unsigned: ${statusUnsigned}`);
  } finally {
    await emulated.stop();
  }
}
