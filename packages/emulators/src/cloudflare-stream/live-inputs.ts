import { randomBytes } from 'node:crypto';
import { isObject } from './json-body.ts';
import { badRequest, notFound, StreamRefusal } from './stream-refusal.ts';

/** Recordings are kept for this many days at least and at most. */
const RECORDING_DAYS = { min: 30, max: 1096 };

interface LiveInput {
  readonly uid: string;
  readonly streamKey: string;
  readonly createdAtMs: number;
  readonly modifiedAtMs: number;
  readonly meta: Readonly<Record<string, unknown>>;
  readonly recording: Readonly<Record<string, unknown>>;
  readonly deleteRecordingAfterDays: number | null;
}

/** The account's live inputs. They are kept and shown; nobody can send to them, and they record nothing. */
export class LiveInputs {
  readonly #inputs = new Map<string, LiveInput>();

  /** Makes one. @throws {StreamRefusal} */
  create(asked: Readonly<Record<string, unknown>>, nowMs: number): object {
    const uid = randomBytes(16).toString('hex');
    return this.#keep({ uid, streamKey: randomBytes(20).toString('hex'), createdAtMs: nowMs }, asked, nowMs);
  }

  /** Replaces its settings whole. @throws {StreamRefusal} when there is none */
  replace(uid: string, asked: Readonly<Record<string, unknown>>, nowMs: number): object {
    return this.#keep(this.#get(uid), asked, nowMs);
  }

  /** One, with its addresses. @throws {StreamRefusal} when there is none */
  show(uid: string): object {
    return describe(this.#get(uid));
  }

  /** All, newest first, without their keys. */
  list(): readonly object[] {
    return [...this.#inputs.values()]
      .reverse()
      .map(({ uid, createdAtMs, modifiedAtMs, meta }) => ({ uid, ...times(createdAtMs, modifiedAtMs), meta }));
  }

  /** Its recordings would stay. @throws {StreamRefusal} when there is none */
  delete(uid: string): void {
    if (!this.#inputs.delete(uid)) throw notFound();
  }

  #get(uid: string): LiveInput {
    const input = this.#inputs.get(uid);
    if (input === undefined) throw notFound();
    return input;
  }

  #keep(
    known: Pick<LiveInput, 'uid' | 'streamKey' | 'createdAtMs'>,
    asked: Readonly<Record<string, unknown>>,
    nowMs: number,
  ): object {
    const input: LiveInput = {
      uid: known.uid,
      streamKey: known.streamKey,
      createdAtMs: known.createdAtMs,
      modifiedAtMs: nowMs,
      meta: objectOf('meta', asked['meta']),
      recording: objectOf('recording', asked['recording']),
      deleteRecordingAfterDays: daysOf(asked['deleteRecordingAfterDays']),
    };
    this.#inputs.set(input.uid, input);
    return describe(input);
  }
}

function describe(input: LiveInput): object {
  const { uid, streamKey, createdAtMs, modifiedAtMs, meta, recording, deleteRecordingAfterDays } = input;
  const timeoutSeconds = Number(recording['timeoutSeconds'] ?? 0);
  return {
    uid,
    ...times(createdAtMs, modifiedAtMs),
    meta,
    status: null,
    deleteRecordingAfterDays,
    recording: {
      mode: recording['mode'] ?? 'off',
      requireSignedURLs: recording['requireSignedURLs'] === true,
      allowedOrigins: recording['allowedOrigins'] ?? null,
      timeoutSeconds: timeoutSeconds > 0 ? timeoutSeconds : null,
    },
    rtmps: { url: 'rtmps://live.invalid:443/live/', streamKey },
    rtmpsPlayback: { url: 'rtmps://live.invalid:443/live/', streamKey: `${streamKey}-play` },
    srt: { url: 'srt://live.invalid:778', streamId: uid, passphrase: streamKey },
    srtPlayback: { url: 'srt://live.invalid:778', streamId: `play${uid}`, passphrase: `${streamKey}-play` },
    webRTC: { url: `https://live.invalid/${streamKey}/webRTC/publish` },
    webRTCPlayback: { url: `https://live.invalid/${uid}/webRTC/play` },
  };
}

function times(createdAtMs: number, modifiedAtMs: number): object {
  return { created: new Date(createdAtMs).toISOString(), modified: new Date(modifiedAtMs).toISOString() };
}

/** Counts at the top only: inside `recording` it is passed over in silence. */
function daysOf(value: unknown): number | null {
  if (value === undefined || value === null) return null;
  const { min, max } = RECORDING_DAYS;
  if (typeof value !== 'number' || !Number.isInteger(value) || value < min || value > max)
    throw new StreamRefusal(400, 10060, `Bad Request: deleteRecordingAfterDays must be from ${min} to ${max}.`);
  return value;
}

function objectOf(name: string, value: unknown): Readonly<Record<string, unknown>> {
  if (value === undefined) return {};
  if (!isObject(value)) throw badRequest(`${name} must be an object.`);
  return value;
}
