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

/** Hears one kind of event of the element. */
export type UploaderListener<Name extends keyof UploaderElementEventMap> = (
  event: UploaderElementEventMap[Name],
) => void;
/** What React passes as properties, since attributes hold text alone. */
export type UploaderElementProperties = Pick<
  VideoStorageUploaderElement,
  'uploader' | 'transport' | 'validator' | 'custom' | 'texts'
>;

/** What the attributes, properties and events of `<video-storage-uploader>` are called in React; all may be left out. */
export interface VideoUploaderProps extends Partial<UploaderElementProperties> {
  /** Where the routes answer. Default `/api/video`. */
  readonly endpoint?: string | undefined;
  /** What the videos belong to. */
  readonly contextId?: string | undefined;
  /** How many files are sent at once. */
  readonly maxFiles?: number | undefined;
  /** How many parts of a file are sent at once. */
  readonly maxParts?: number | undefined;
  /** How many videos the list takes; 1 makes it a field for one. Default: any number. */
  readonly maxVideos?: number | undefined;
  /** Accepted types, as in HTML. Default: what browsers play. */
  readonly accept?: string | undefined;
  /** Largest file. Default 5 GB. */
  readonly maxSizeBytes?: number | undefined;
  /** Longest play time that is asked for. */
  readonly maxDurationSeconds?: number | undefined;
  /** Whether the browser asks before the page is left while something is sent. Default false. */
  readonly guardUnload?: boolean | undefined;
  /** Whether nothing is taken now. Default false. */
  readonly disabled?: boolean | undefined;
  /** CSS class of the element. */
  readonly className?: string | undefined;
  /** CSS of the element. */
  readonly style?: CSSProperties | undefined;
  /** Gets the element itself, for `addFiles()`; the same function in every rendering. */
  readonly onElement?: ((element: VideoStorageUploaderElement | null) => void) | undefined;
  /** A file was taken. */
  readonly onStarted?: UploaderListener<'upload-started'> | undefined;
  /** A video is ready. */
  readonly onReady?: UploaderListener<'upload-ready'> | undefined;
  /** A file was not uploaded. */
  readonly onFailed?: UploaderListener<'upload-failed'> | undefined;
  /** A person has cancelled an upload. */
  readonly onCancelled?: UploaderListener<'upload-cancelled'> | undefined;
  /** A file was refused before anything was asked. */
  readonly onRefused?: UploaderListener<'file-refused'> | undefined;
}

// A server has no layout: React 18 warns of the effect there.
const useEarlyEffect = typeof document === 'undefined' ? useEffect : useLayoutEffect;

/** `<video-storage-uploader>` as a component, for React 18 and later. Values that are objects should stay the same between renders. */
export function VideoUploader(props: VideoUploaderProps): ReactElement {
  const ref = useRef<VideoStorageUploaderElement>(null);
  // Before anything is set; not as a side effect of importing it, so that who uses the hook alone does not load the element.
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
    // Of a custom element React 18 writes true and false as text: the attribute is there, or it is not.
    'guard-unload': props.guardUnload === true ? '' : undefined,
    disabled: props.disabled === true ? '' : undefined,
  });
}

/** Sets a property of the element: React 18 knows attributes of custom elements alone. */
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
