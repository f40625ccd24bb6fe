/** A refusal of the service. Statuses and codes that Cloudflare does not document are chosen only here. */
export class StreamRefusal extends Error {
  /** HTTP status. */
  readonly status: number;
  /** Code inside the envelope. */
  readonly code: number;
  /** Further headers of the answer. */
  readonly headers: Readonly<Record<string, string>>;

  /** Creates a refusal. */
  constructor(status: number, code: number, message: string, headers: Readonly<Record<string, string>> = {}) {
    super(message);
    this.status = status;
    this.code = code;
    this.headers = headers;
  }
}

/** A request that breaks a rule: 400 / 10005. */
export function badRequest(message: string): StreamRefusal {
  return new StreamRefusal(400, 10005, `Bad Request: ${message}`);
}

/** No such video, key, caption, …: 404 / 10003. */
export function notFound(): StreamRefusal {
  return new StreamRefusal(404, 10003, 'Not Found: The requested resource or operation was not found.');
}

/** For an unknown path, or a malformed account id. It does not mean that a video does not exist. */
export function noRoute(code: 7000 | 7003): StreamRefusal {
  const message =
    code === 7000 ? 'No route for that URI' : 'Could not route to the path, perhaps your object identifier is invalid?';
  return new StreamRefusal(404, code, message);
}

/** Prepaid minutes are used up: 413 / 10011. */
export function storageExceeded(allocatedMinutes: number): StreamRefusal {
  return new StreamRefusal(
    413,
    10011,
    `Storage capacity exceeded. You have been allocated ${allocatedMinutes} minutes of storage.`,
  );
}

/** The account has never bought any minutes: 403 / 10002. */
export function noSubscription(): StreamRefusal {
  return new StreamRefusal(403, 10002, 'Forbidden: the account has no active Stream subscription.');
}

/** Too many videos wait for the encoder. Not a rate limit: repeating the request soon is useless. */
export function tooManyEncoding(
  limit: number,
  status: 413 | 429,
  message: string = `Too many videos: ${limit} videos are queued or encoding already.`,
): StreamRefusal {
  return new StreamRefusal(status, 10006, message);
}
