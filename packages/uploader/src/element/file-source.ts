/** A file that was chosen, dropped or pasted; of a folder, only the folder itself. */
export interface GivenFile {
  /** The file itself. */
  readonly file: File;
  /** Whether it is a folder, which browsers report as a file that cannot be read. */
  readonly isFolder: boolean;
}

/** The elements that files come from. */
export interface FileSourceParts {
  /** The element itself: files can be dropped anywhere on it, and pasted while the focus is in it or on the body. */
  readonly host: HTMLElement;
  /** Has the attribute `data-over` while files are dragged over the element. */
  readonly zone: HTMLElement;
  /** The file dialog. */
  readonly input: HTMLInputElement;
  /** Whether no files are accepted now; dropped ones are refused, so that they do not replace the page. */
  isDisabled(): boolean;
}

/**
 * Listens for chosen, dropped and pasted files until `signal` aborts. Files that are chosen together are passed to `take`
 * together. A file dropped beside the element would replace the page and end its uploads, so that is prevented, unless
 * another part of the page accepts files.
 */
export function listenForFiles(
  { host, zone, input, isDisabled }: FileSourceParts,
  take: (files: readonly GivenFile[]) => void,
  signal: AbortSignal,
): void {
  const { ownerDocument } = host;
  input.addEventListener(
    'change',
    () => {
      const files = [...(input.files ?? [])];
      // Otherwise choosing the same file again would dispatch no event.
      input.value = '';
      take(files.map((file) => ({ file, isFolder: false })));
    },
    { signal },
  );
  host.addEventListener(
    'dragover',
    (event) => {
      const { dataTransfer } = event;
      if (!holdsFiles(dataTransfer)) return;
      event.preventDefault();
      if (isDisabled()) dataTransfer.dropEffect = 'none';
      else zone.dataset['over'] = '';
    },
    { signal },
  );
  host.addEventListener('dragleave', () => delete zone.dataset['over'], { signal });
  host.addEventListener(
    'drop',
    (event) => {
      delete zone.dataset['over'];
      if (!holdsFiles(event.dataTransfer)) return;
      event.preventDefault();
      if (!isDisabled()) take(filesOf(event.dataTransfer));
    },
    { signal },
  );
  ownerDocument.addEventListener(
    'dragover',
    (event) => {
      const { dataTransfer } = event;
      if (event.defaultPrevented || !holdsFiles(dataTransfer) || takesFiles(event)) return;
      event.preventDefault();
      dataTransfer.dropEffect = 'none';
    },
    { signal },
  );
  ownerDocument.addEventListener(
    'paste',
    (event) => {
      const { clipboardData } = event;
      const isOurs = event.composedPath().includes(host) || event.target === ownerDocument.body;
      if (event.defaultPrevented || isDisabled() || !isOurs || !holdsFiles(clipboardData)) return;
      event.preventDefault();
      take(filesOf(clipboardData));
    },
    { signal },
  );
}

function holdsFiles(transfer: DataTransfer | null): transfer is DataTransfer {
  return transfer?.types.includes('Files') ?? false;
}

function filesOf(transfer: DataTransfer): readonly GivenFile[] {
  return [...transfer.items]
    .filter(({ kind }) => kind === 'file')
    .flatMap((item) => {
      const file = item.getAsFile();
      return file === null ? [] : [{ file, isFolder: item.webkitGetAsEntry?.()?.isDirectory ?? false }];
    });
}

function takesFiles(event: DragEvent): boolean {
  return event.composedPath().some((target) => target instanceof HTMLInputElement && target.type === 'file');
}
