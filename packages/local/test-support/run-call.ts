import type { LocalStorage } from '../src/local-storage.ts';
import type { Call } from './worker-process.ts';

/** Makes one call of a storage: its result as text. */
export async function runCall(storage: LocalStorage, call: Call): Promise<string> {
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

/** How a call that failed has ended: the code of its error. */
export function outcomeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : String(error);
}
