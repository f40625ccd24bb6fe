/** Attributes whose change needs another queue. */
export const UPLOADER_ATTRIBUTES = [
  'endpoint',
  'accept',
  'max-size-bytes',
  'max-files',
  'max-parts',
  'guard-unload',
] as const;

/** The attributes of the element, parsed. */
export interface ElementSettings {
  /** Where the routes answer. */
  readonly endpoint: string;
  /** What the videos belong to. */
  readonly contextId: string | undefined;
  /** Accepted types as in HTML; undefined where there is no such attribute. */
  readonly accept: string | undefined;
  /** Largest file. */
  readonly maxSizeBytes: number | undefined;
  /** How many files are sent at once. */
  readonly maxFiles: number | undefined;
  /** How many parts of a file are sent at once. */
  readonly maxParts: number | undefined;
  /** How many videos the list takes. */
  readonly maxVideos: number;
  /** Longest play time in seconds. */
  readonly maxDurationSeconds: number | undefined;
  /** Whether the browser asks before the page is left. */
  readonly guardUnload: boolean;
}

/** What is read of an element. */
type Attributes = Pick<Element, 'localName' | 'getAttribute' | 'hasAttribute'>;

/** Without any attributes. */
export const DEFAULT_SETTINGS: ElementSettings = {
  // Where `createVideoRoutes` answers by default.
  endpoint: '/api/video',
  contextId: undefined,
  accept: undefined,
  maxSizeBytes: undefined,
  maxFiles: undefined,
  maxParts: undefined,
  maxVideos: Number.POSITIVE_INFINITY,
  maxDurationSeconds: undefined,
  guardUnload: false,
};

/**
 * Reads the attributes. A number that is not whole, or below 1, stays as it was `before` and is a problem: it must not keep another
 * attribute, such as the context, from being followed.
 */
export function elementSettings(
  element: Attributes,
  before: ElementSettings = DEFAULT_SETTINGS,
): { readonly settings: ElementSettings; readonly problem: RangeError | undefined } {
  const { localName } = element;
  let problem: RangeError | undefined;
  const numberOf = <Kept extends number | undefined>(name: string, kept: Kept, absent: Kept): Kept | number => {
    const text = element.getAttribute(name);
    if (text === null) return absent;
    if (/^[1-9]\d{0,15}$/.test(text)) return Number(text);
    problem ??= new RangeError(
      `<${localName}>: the attribute ${name} must be a whole number of 1 or more, but is "${text}".`,
    );
    return kept;
  };
  const settings: ElementSettings = {
    endpoint: element.getAttribute('endpoint') ?? DEFAULT_SETTINGS.endpoint,
    contextId: element.getAttribute('context-id') ?? undefined,
    accept: element.getAttribute('accept') ?? undefined,
    maxSizeBytes: numberOf('max-size-bytes', before.maxSizeBytes, undefined),
    maxFiles: numberOf('max-files', before.maxFiles, undefined),
    maxParts: numberOf('max-parts', before.maxParts, undefined),
    maxVideos: numberOf('max-videos', before.maxVideos, DEFAULT_SETTINGS.maxVideos),
    maxDurationSeconds: numberOf('max-duration-seconds', before.maxDurationSeconds, undefined),
    guardUnload: element.hasAttribute('guard-unload'),
  };
  return { settings, problem };
}
