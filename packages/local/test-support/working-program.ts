// A process of its own that uses a storage's folder: answers each message of its parent with how the call ended.
import { LocalStorage } from '../src/local-storage.ts';
import { SECRET } from './requests.ts';
import { outcomeOf, runCall } from './run-call.ts';
import type { WorkerAnswer, WorkerCall } from './worker-process.ts';

const [folder = '', baseUrl = ''] = process.argv.slice(2);
const storage = new LocalStorage({ folder, baseUrl, referenceSecrets: [SECRET] });

process.on('message', (call: WorkerCall) => {
  runCall(storage, call).then(
    (outcome) => answer({ id: call.id, outcome }),
    (error: unknown) => answer({ id: call.id, outcome: outcomeOf(error) }),
  );
});

function answer(message: WorkerAnswer): void {
  process.send?.(message);
}
