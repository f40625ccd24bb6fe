import type { FailureWords, ProgressWords, UploaderTexts, UploaderTextsChange } from './uploader-texts.ts';

const UNITS = ['bytes', 'kB', 'MB', 'GB', 'TB'] as const;
const NAMED_TYPES = 4;

const noAnswer = ({ fileName }: FailureWords) =>
  `“${fileName}” could not be uploaded, because the server did not answer correctly. Please try again.`;

/** The default texts. */
export const ENGLISH_TEXTS: UploaderTexts = {
  choose: 'Choose videos',
  chooseOne: 'Choose a video',
  drop: 'or drop or paste here',
  accepted: ({ types, maxSizeBytes }) => `${listOf(types)}, up to ${sizeInWords(maxSizeBytes)}`,
  list: 'Uploads',
  actions: {
    pause: 'Pause',
    resume: 'Resume',
    retry: 'Try again',
    up: 'Move up',
    down: 'Move down',
    cancel: 'Cancel',
    remove: 'Remove',
  },
  actionOn: ({ label, fileName }) => `${label}: ${fileName}`,
  phases: {
    waiting: 'Waiting',
    checking: 'Checking the file',
    asking: 'Preparing',
    sending: 'Uploading',
    paused: 'Paused',
    offline: 'No connection. The upload continues when it is back',
    confirming: 'Finishing',
    processing: 'Uploaded. The video is being processed',
    ready: 'Ready',
    failed: 'Not uploaded',
    aborted: 'Cancelled',
  },
  progress: ({ percent, bytesPerSecond, secondsLeft }) =>
    [
      `${percent} %`,
      ...(bytesPerSecond > 0 ? [`${sizeInWords(bytesPerSecond)}/s`] : []),
      ...(secondsLeft === undefined ? [] : [`${timeInWords(secondsLeft)} left`]),
    ].join(' · '),
  progressValue,
  announcePhase: ({ fileName, phase }) => `${fileName}: ${phase}.`,
  announceProgress: ({ fileName, percent }) => `${fileName}: ${percent} %.`,
  announceMoved: ({ fileName, place, count }) => `${fileName} is now number ${place} of ${count}.`,
  announceRemoved: ({ fileName }) => `${fileName} is removed from the list.`,
  size: sizeInWords,
  unfinished: 'Not finished yet',
  unfinishedFile: ({ fileName, sizeBytes }) =>
    `“${fileName}” (${sizeInWords(sizeBytes)}): choose the same file to continue.`,
  chooseAgain: 'Choose the file',
  discard: 'Discard',
  tooMany: ({ fileName, maxVideos }) =>
    `“${fileName}” was not added: ${maxVideos === 1 ? 'one video is' : `at most ${maxVideos} videos are`} accepted here.`,
  isFolder: ({ fileName }) => `“${fileName}” is a folder. Please choose the videos in it.`,
  failures: {
    TYPE_NOT_ALLOWED: ({ fileName, types }) => {
      const choice = types.length === 0 ? 'another file' : listOf(types);
      return `“${fileName}” is not a video that is accepted here. Please choose ${choice}.`;
    },
    EXTENSION_MISMATCH: ({ fileName, message }) => `“${fileName}” was not accepted: ${message}`,
    FILE_EMPTY: ({ fileName }) => `“${fileName}” is empty.`,
    FILE_TOO_LARGE: ({ fileName, message }) => `“${fileName}” is too large: ${message}`,
    FILE_NAME_INVALID: ({ fileName, message }) => `“${fileName}” has a name that cannot be used: ${message}`,
    DURATION_EXCEEDED: ({ fileName, message }) => `“${fileName}” is too long: ${message}`,
    NOT_A_VIDEO: ({ fileName }) => `What is in “${fileName}” is not a video.`,
    CONTENT_MISMATCH: ({ fileName, message }) => `“${fileName}” was refused: ${message}`,
    CONTENT_UNVERIFIABLE: ({ fileName }) =>
      `What is in “${fileName}” could not be determined. Please save it in another format, such as MP4.`,
    UPLOAD_EXPIRED: ({ fileName }) => `The time for the upload of “${fileName}” is over. Please try again.`,
    VIDEO_NOT_FOUND: ({ fileName }) => `The upload of “${fileName}” is no longer known. Please try again.`,
    UNAUTHENTICATED: ({ fileName }) => `You are not signed in. Please sign in, then try “${fileName}” again.`,
    ACCESS_DENIED: ({ fileName }) => `You may not upload “${fileName}” here.`,
    RATE_LIMITED: ({ fileName, retryAfterSeconds }) =>
      `“${fileName}” has to wait: too many uploads in a short time. Please try again ${
        retryAfterSeconds === undefined ? 'later' : `in ${timeInWords(retryAfterSeconds)}`
      }.`,
    QUOTA_EXCEEDED: ({ fileName }) => `There is no space left for “${fileName}”. Please delete something first.`,
    BACKEND_FULL: ({ fileName }) =>
      `No more videos can be accepted at the moment. Please try “${fileName}” again later.`,
    BACKEND_UNAVAILABLE: noAnswer,
    BACKEND_THROTTLED: noAnswer,
    BACKEND_BAD_RESPONSE: noAnswer,
    STORE_UNAVAILABLE: noAnswer,
    TIMEOUT: noAnswer,
    OTHER: ({ fileName, message }) => `“${fileName}” was not uploaded: ${message}`,
  },
};

/** The English texts, with those of the page replacing some. */
export function textsWith(change: UploaderTextsChange): UploaderTexts {
  return {
    ...ENGLISH_TEXTS,
    ...change,
    actions: { ...ENGLISH_TEXTS.actions, ...change.actions },
    phases: { ...ENGLISH_TEXTS.phases, ...change.phases },
    failures: { ...ENGLISH_TEXTS.failures, ...change.failures },
  };
}

function progressValue({ percent, sentBytes, sizeBytes, secondsLeft }: ProgressWords): string {
  const left = secondsLeft === undefined ? '' : `, ${timeInWords(secondsLeft)} left`;
  return `${percent} percent, ${sizeInWords(sentBytes)} of ${sizeInWords(sizeBytes)}${left}`;
}

/** Decimal units, as most file managers and phones show them. */
function sizeInWords(bytes: number): string {
  if (bytes === 1) return '1 byte';
  let amount = bytes;
  let unit = 0;
  while (amount >= 999.5 && unit < UNITS.length - 1) {
    amount /= 1000;
    unit += 1;
  }
  return `${unit === 0 || amount >= 99.95 ? Math.round(amount) : Number(amount.toFixed(1))} ${UNITS[unit]}`;
}

/** Rounded up, so that the upload ends early rather than late. */
function timeInWords(seconds: number): string {
  if (seconds < 60) return `${Math.max(1, Math.ceil(seconds))} s`;
  const minutes = Math.ceil(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  return minutes % 60 === 0 ? `${minutes / 60} h` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

function listOf(types: readonly string[]): string {
  const named = types.slice(0, NAMED_TYPES);
  if (types.length > NAMED_TYPES) return `${named.join(', ')} or others`;
  return named.length < 2 ? named.join('') : `${named.slice(0, -1).join(', ')} or ${named.at(-1)}`;
}
