import {
  type CSSProperties,
  createElement,
  type ReactElement,
  type RefObject,
  useEffect,
  useLayoutEffect,
  useRef,
} from 'react';
import { defineUploaderElement } from '../element/define-uploader-element.ts';
import type { UploaderElementEventMap } from '../element/uploader-element-events.ts';
import type { VideoStorageUploaderElement } from '../element/video-storage-uploader-element.ts';

/** Listener of one event of the element. */
export type UploaderListener<Name extends keyof UploaderElementEventMap> = (
  event: UploaderElementEventMap[Name],
) => void;
/** Set as properties, since attributes hold text only. */
export type UploaderElementProperties = Pick<
  VideoStorageUploaderElement,
  'uploader' | 'transport' | 'validator' | 'custom' | 'texts'
>;

/** Attributes, properties and events of `<video-storage-uploader>` as React props; all are optional. */
export interface VideoUploaderProps extends Partial<UploaderElementProperties> {
  /** Path or URL of the routes. Default `/api/video`. */
  readonly endpoint?: string | undefined;
  /** What the videos belong to. */
  readonly contextId?: string | undefined;
  /** How many files are sent at the same time, 1–10. Default 2. */
  readonly maxFiles?: number | undefined;
  /** How many parts of one file are sent at the same time, 1–16. Default 4. */
  readonly maxParts?: number | undefined;
  /** Maximum number of videos in the list; with 1 the user can choose only one file. Default: any number. */
  readonly maxVideos?: number | undefined;
  /** Accepted types, as in HTML. Default: what browsers play. */
  readonly accept?: string | undefined;
  /** Largest file, in bytes. Default 5 GB. */
  readonly maxSizeBytes?: number | undefined;
  /** Longest duration in seconds. Default: the backend's limit. */
  readonly maxDurationSeconds?: number | undefined;
  /** Whether the browser asks for confirmation when the user leaves the page during an upload. Default false. */
  readonly guardUnload?: boolean | undefined;
  /** Whether no files are accepted now. Default false. */
  readonly disabled?: boolean | undefined;
  /** CSS class of the element. */
  readonly className?: string | undefined;
  /** CSS of the element. */
  readonly style?: CSSProperties | undefined;
  /** Called with the element, for `addFiles()`, and with null. Pass the same function in every render. */
  readonly onElement?: ((element: VideoStorageUploaderElement | null) => void) | undefined;
  /** A file was accepted into the queue. */
  readonly onStarted?: UploaderListener<'upload-started'> | undefined;
  /** A video is ready. */
  readonly onReady?: UploaderListener<'upload-ready'> | undefined;
  /** A file was not uploaded. */
  readonly onFailed?: UploaderListener<'upload-failed'> | undefined;
  /** An upload was cancelled. */
  readonly onCancelled?: UploaderListener<'upload-cancelled'> | undefined;
  /** A file was refused by the element itself. */
  readonly onRefused?: UploaderListener<'file-refused'> | undefined;
}

// On a server React 18 warns about layout effects.
const useEarlyEffect = typeof document === 'undefined' ? useEffect : useLayoutEffect;

/** `<video-storage-uploader>` as a component, for React 18 and 19. Props that are objects should stay the same between renders. */
export function VideoUploader(props: VideoUploaderProps): ReactElement {
  const ref = useRef<VideoStorageUploaderElement>(null);
  // Defined before any property is set, and not as a side effect of the import, so that pages that use only the hook do not
  // load the element.
  useEarlyEffect(defineUploaderElement, []);
  useProperty(ref, 'uploader', props.uploader);
  useProperty(ref, 'transport', props.transport);
  useProperty(ref, 'validator', props.validator);
  useProperty(ref, 'custom', props.custom);
  useProperty(ref, 'texts', props.texts);
  useListener(ref, 'upload-started', props.onStarted);
  useListener(ref, 'upload-ready', props.onReady);
  useListener(ref, 'upload-failed', props.onFailed);
  useListener(ref, 'upload-cancelled', props.onCancelled);
  useListener(ref, 'file-refused', props.onRefused);
  const { onElement } = props;
  useEarlyEffect(() => {
    onElement?.(ref.current);
    return () => onElement?.(null);
  }, [onElement]);
  return createElement('video-storage-uploader', {
    ref,
    class: props.className,
    style: props.style,
    endpoint: props.endpoint,
    'context-id': props.contextId,
    'max-files': props.maxFiles,
    'max-parts': props.maxParts,
    'max-videos': props.maxVideos,
    accept: props.accept,
    'max-size-bytes': props.maxSizeBytes,
    'max-duration-seconds': props.maxDurationSeconds,
    // React 18 writes true and false of a custom element as text; here the attribute is present or absent.
    'guard-unload': props.guardUnload === true ? '' : undefined,
    disabled: props.disabled === true ? '' : undefined,
  });
}

/** Sets a property of the element: React 18 only sets attributes of custom elements. */
function useProperty(
  ref: RefObject<VideoStorageUploaderElement | null>,
  name: keyof UploaderElementProperties,
  value: UploaderElementProperties[keyof UploaderElementProperties],
): void {
  const wasSet = useRef(false);
  useEarlyEffect(() => {
    if (ref.current === null || (value === undefined && !wasSet.current)) return;
    wasSet.current = value !== undefined;
    Reflect.set(ref.current, name, name === 'texts' ? (value ?? {}) : value);
  }, [ref, name, value]);
}

function useListener<Name extends keyof UploaderElementEventMap>(
  ref: RefObject<VideoStorageUploaderElement | null>,
  name: Name,
  listener: UploaderListener<Name> | undefined,
): void {
  useEarlyEffect(() => {
    const element = ref.current;
    if (element === null || listener === undefined) return;
    const controller = new AbortController();
    element.addEventListener(name, listener, { signal: controller.signal });
    return () => controller.abort();
  }, [ref, name, listener]);
}
