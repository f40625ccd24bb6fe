/** Attributes whose change needs a new queue. */
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
  /** Longest duration in seconds. */
  readonly maxDurationSeconds: number | undefined;
  /** Whether the browser asks before the page is left. */
  readonly guardUnload: boolean;
}

/** The part of an element that is read. */
type Attributes = Pick<Element, 'localName' | 'getAttribute' | 'hasAttribute'>;

/**
 * Reads the attributes. For a number that is not whole, or below 1, the value of `before` stays and a problem is returned,
 * so that other attributes, such as the context, still take effect.
 */
export function elementSettings(
  element: Attributes,
  before?: ElementSettings,
): { readonly settings: ElementSettings; readonly problem: RangeError | undefined } {
  let problem: RangeError | undefined;
  const numberOf = (name: string, kept: number | undefined) => {
    const text = element.getAttribute(name);
    if (text === null) return undefined;
    if (/^[1-9]\d{0,15}$/.test(text)) return Number(text);
    problem ??= new RangeError(
      `<${element.localName}>: the attribute ${name} must be a whole number of 1 or more, but is "${text}".`,
    );
    return kept;
  };
  const settings = {
    // Where `createVideoRoutes` answers by default.
    endpoint: element.getAttribute('endpoint') ?? '/api/video',
    contextId: element.getAttribute('context-id') ?? undefined,
    accept: element.getAttribute('accept') ?? undefined,
    maxSizeBytes: numberOf('max-size-bytes', before?.maxSizeBytes),
    maxFiles: numberOf('max-files', before?.maxFiles),
    maxParts: numberOf('max-parts', before?.maxParts),
    maxVideos: numberOf('max-videos', before?.maxVideos) ?? Number.POSITIVE_INFINITY,
    maxDurationSeconds: numberOf('max-duration-seconds', before?.maxDurationSeconds),
    guardUnload: element.hasAttribute('guard-unload'),
  };
  return { settings, problem };
}

/** Without any attributes. */
export const DEFAULT_SETTINGS: ElementSettings = elementSettings({
  localName: '',
  getAttribute: () => null,
  hasAttribute: () => false,
}).settings;
