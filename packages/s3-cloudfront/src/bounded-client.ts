import { pipeline, Readable, Transform } from 'node:stream';
import { type AwsService, unreadableError } from './aws-error.ts';
import { MAX_ANSWER_BYTES } from './bounded-body.ts';

/** What is used of a client of the SDK. */
interface SdkClient {
  send(command: never, options?: never): Promise<unknown>;
}

/** The part of a command's middleware that is used here; `deserialize` is the step that has the answer. */
interface Stack {
  add(
    middleware: (next: Step, context: { readonly commandName?: string | undefined }) => Step,
    options: { step: 'deserialize'; name: string; priority: 'low' },
  ): void;
}
type Step = (args: unknown) => Promise<{ readonly response: unknown; readonly output: unknown }>;

/** The commands whose answer the SDK passes on as a stream: its reader limits it to the requested length. */
const STREAMED: ReadonlySet<unknown> = new Set(['GetObjectCommand']);

/**
 * The client of the host app, whose answers are bounded like those of a client of ours: the host's own is not changed. Through a
 * `streamCollector`, as clients of ours have it, it could not be bounded without changing it.
 */
export function withBoundedAnswers<Client extends SdkClient>(client: Client, service: AwsService): Client {
  const send = (command: { readonly middlewareStack: Stack }, ...options: never[]) => {
    // Of a low priority: it has the answer before the SDK reads it.
    command.middlewareStack.add((next, { commandName }) => boundAnswer(next, service, STREAMED.has(commandName)), {
      step: 'deserialize',
      name: 'videostorageBound',
      priority: 'low',
    });
    return client.send(command as never, ...options);
  };
  return Object.create(client, { send: { value: send } }) as Client;
}

function boundAnswer(next: Step, service: AwsService, isStreamed: boolean): Step {
  return async (args) => {
    const answered = await next(args);
    const { response } = answered;
    if (typeof response !== 'object' || response === null) return answered;
    const body: unknown = Reflect.get(response, 'body');
    // An answer of these commands that is not 2xx is an error, which the SDK parses as a whole.
    if (isStreamed && Number(Reflect.get(response, 'statusCode')) < 300) return answered;
    // A body of the SDK's handler for Node, or of one that uses `fetch`.
    if (body instanceof Readable) Object.assign(response, { body: boundedReadable(body, service) });
    if (body instanceof ReadableStream) Object.assign(response, { body: boundedStream(body, service) });
    return answered;
  };
}

/** The body, which fails when it exceeds the bound; the rest is not read, and the connection is closed. */
function boundedReadable(body: Readable, service: AwsService): Readable {
  const exceeds = bound();
  const counted = new Transform({
    transform: (chunk: Uint8Array, _encoding, done) =>
      exceeds(chunk) ? done(unreadableError(service)) : done(null, chunk),
  });
  // The reader of `counted` gets each failure, so the callback has nothing to do; a reader that stops early closes the body
  // too.
  return pipeline(body, counted, () => {});
}

function boundedStream(body: ReadableStream<Uint8Array>, service: AwsService): ReadableStream<Uint8Array> {
  const exceeds = bound();
  return body.pipeThrough(
    new TransformStream<Uint8Array, Uint8Array>({
      transform: (chunk, controller) =>
        exceeds(chunk) ? controller.error(unreadableError(service)) : controller.enqueue(chunk),
    }),
  );
}

/** Counts the bytes of one answer: true once they are too many. */
function bound(): (chunk: Uint8Array) => boolean {
  let length = 0;
  return (chunk) => {
    length += chunk.length;
    return length > MAX_ANSWER_BYTES;
  };
}
