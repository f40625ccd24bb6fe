// A process of its own that uses a storage's folder: answers each message of its parent with how the call ended.
import { LocalStorage } from '../src/local-storage.ts';
import { SECRET } from './requests.ts';
import type { WorkerAnswer, WorkerCall } from './worker-process.ts';

const [folder = '', baseUrl = ''] = process.argv.slice(2);
const storage = new LocalStorage({ folder, baseUrl, referenceSecrets: [SECRET] });

async function run(call: WorkerCall): Promise<string> {
  switch (call.name) {
    case 'confirm':
      return (await storage.confirmUpload(call.reference, { userId: 'anna', timeoutMs: 60_000 })).status;
    case 'delete':
      return String((await storage.deleteVideo(call.videoId)).purged);
    case 'sweep':
      return String((await storage.maintenance.sweep()).failures.length);
    case 'send': {
      const headers = {
        'Content-Type': 'application/offset+octet-stream',
        ...{ 'Tus-Resumable': '1.0.0', 'Upload-Offset': String(call.offset) },
      };
      const body = Buffer.from(call.base64, 'base64');
      return String((await storage.fetch(new Request(call.url, { method: 'PATCH', headers, body }))).status);
    }
  }
}

process.on('message', (call: WorkerCall) => {
  run(call).then(
    (outcome) => answer({ id: call.id, outcome }),
    (error: { readonly code?: string }) => answer({ id: call.id, outcome: error.code ?? String(error) }),
  );
});

function answer(message: WorkerAnswer): void {
  process.send?.(message);
}
