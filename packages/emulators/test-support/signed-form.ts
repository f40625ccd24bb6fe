import { type FormPart, S3TestClient, type StoreFacts } from './s3-test-client.ts';
import type { RawAnswer } from './send-raw.ts';
import { basicDate } from './sign-request.ts';

/** A form before it is signed, to be changed by a test. */
export interface Form {
  /** Fields before the file, in order. */
  fields: [string, string][];
  conditions: unknown[];
  expiration: string | undefined;
  file: Uint8Array;
  fileName: string;
  /** Fields that are sent in place of those of the signed policy. */
  replaced: Record<string, string>;
  /** Names of fields that are not sent. */
  left: string[];
  /** The policy as text, in place of the conditions and expiration above. */
  policy: string | undefined;
  after: FormPart[];
  date: string;
}

/** Sends a form of ten bytes of video/mp4 under `videos/a.mp4`, valid for a minute, changed before it is signed. */
export async function postForm(
  store: StoreFacts,
  nowMs: number,
  change: (form: Form) => void = () => undefined,
): Promise<RawAnswer> {
  const form: Form = {
    fields: [
      ['key', 'videos/a.mp4'],
      ['Content-Type', 'video/mp4'],
      ['success_action_status', '201'],
    ],
    conditions: [
      { bucket: store.bucket },
      ['eq', '$key', 'videos/a.mp4'],
      { 'Content-Type': 'video/mp4' },
      { success_action_status: '201' },
      ['content-length-range', 10, 10],
    ],
    expiration: new Date(nowMs + 60_000).toISOString(),
    file: new Uint8Array(10),
    fileName: 'film.mp4',
    replaced: {},
    left: [],
    policy: undefined,
    after: [],
    date: basicDate(Date.now()),
  };
  change(form);
  const signing = new S3TestClient(store);
  const bare = signing.signPolicy('', form.date);
  const conditions = [
    ...form.conditions,
    ...['X-Amz-Algorithm', 'X-Amz-Credential', 'X-Amz-Date'].map((name) => ({ [name]: bare[name] })),
  ];
  const policy = form.policy ?? JSON.stringify({ expiration: form.expiration, conditions });
  const signed = { ...signing.signPolicy(policy, form.date), ...form.replaced };
  const fields = [...form.fields, ...Object.entries(signed)].filter(([name]) => !form.left.includes(name));
  return signing.post([...fields, { name: 'file', fileName: form.fileName, bytes: form.file }, ...form.after]);
}

/** Sets a field, whether or not it is there. */
export function setField(form: Form, name: string, value: string): void {
  form.fields = [...form.fields.filter(([other]) => other !== name), [name, value]];
}

/** Removes the conditions of a field from the policy. */
export function dropConditions(form: Form, name: string): void {
  form.conditions = form.conditions.filter((condition) => !JSON.stringify(condition).includes(name));
}
