import type { CustomMetadata, Validator } from '@videostorage/core';
import type { UploadHandle, UploadPhase } from '../upload-handle.ts';
import type { UploadTransport } from '../upload-transport.ts';
import type { Uploader } from '../uploader.ts';
import { announcement } from './announcement.ts';
import { Announcer } from './announcer.ts';
import { ChooseZone } from './choose-zone.ts';
import { DEFAULT_SETTINGS, type ElementSettings, elementSettings, UPLOADER_ATTRIBUTES } from './element-settings.ts';
import { elementStyle } from './element-style.ts';
import { textsWith } from './english-texts.ts';
import { failureSentence } from './failure-sentence.ts';
import { neighbour } from './file-actions.ts';
import { type GivenFile, listenForFiles } from './file-source.ts';
import { keepFocus } from './keep-focus.ts';
import type { AcceptedFiles } from './own-queue.ts';
import { fileWords } from './progress-words.ts';
import type { Unfinished } from './unfinished-list.ts';
import { UnfinishedUploads } from './unfinished-uploads.ts';
import { upgradeProperty } from './upgrade-property.ts';
import { type RefusedFile, UploadList } from './upload-list.ts';
import { UploadWatch } from './upload-watch.ts';
import type { UploaderElementEventMap } from './uploader-element-events.ts';
import type { FileAction, FileWords, UploaderTexts, UploaderTextsChange } from './uploader-texts.ts';

/** On a server that renders the page there is no HTMLElement: the class can be imported there, and does nothing. */
const ElementBase: typeof HTMLElement = globalThis.HTMLElement ?? (class {} as typeof HTMLElement);
/** Properties that a framework may set before the element is defined. */
const PROPERTIES = ['uploader', 'transport', 'validator', 'custom', 'texts'] as const;

/** Phases in which this browser sends nothing more. */
const OVER: ReadonlySet<UploadPhase> = new Set(['processing', 'ready', 'failed', 'aborted']);

/**
 * `<video-storage-uploader>`: users choose, drop or paste videos, see their progress, and pause, resume, cancel, retry,
 * reorder or remove them. It is built by DOM calls and a constructed style sheet, so a page whose Content-Security-Policy is
 * `default-src 'self'` needs no exception for it, except the storage's origin in `connect-src`.
 */
export class VideoStorageUploaderElement extends ElementBase {
  /** Attributes that are watched. */
  static readonly observedAttributes: readonly string[] = [
    ...UPLOADER_ATTRIBUTES,
    'context-id',
    'max-videos',
    'max-duration-seconds',
    'disabled',
  ];

  #uploader: Uploader | undefined;
  /** Whether the element has created its uploader, and so closes it. */
  #isOwn = false;
  #transport: UploadTransport | undefined;
  #validator: Validator | undefined;
  /** From the attributes; an invalid one keeps its previous value. */
  #settings: ElementSettings = DEFAULT_SETTINGS;
  /** Types and size that are accepted; undefined before the queue is loaded. */
  #accepted: AcceptedFiles | undefined;
  /** Whether the queue was made from older settings. */
  #isStale = false;
  /** Files that were added before the queue was loaded. */
  #early: GivenFile[] = [];
  #custom: CustomMetadata | undefined;
  #texts: UploaderTexts = textsWith({});
  #change: UploaderTextsChange = {};

  #refused: readonly RefusedFile[] = [];
  /** The unfinished upload that the file dialog is open for. */
  #goingOn: string | undefined;
  #watch = new UploadWatch();
  /** True while an upload is being added: nothing is reported before its handle is known. */
  #isTaking = false;
  readonly #files = new WeakMap<UploadHandle, File>();
  /** Removes the listeners. */
  #connection: AbortController | undefined;
  #unsubscribe: (() => void) | undefined;

  readonly #announcer: Announcer = new Announcer();
  readonly #zone: ChooseZone = new ChooseZone();
  readonly #list: UploadList = new UploadList({
    act: (action, handle) => this.#act(action, handle),
    dismiss: (refused) => this.#dismiss(refused),
  });
  readonly #unfinished: UnfinishedUploads = new UnfinishedUploads(
    {
      choose: ({ uploadReference }) => this.#openDialog(uploadReference),
      discard: (unfinished) => void this.#discard(unfinished),
    },
    () => this.#update(),
  );
  readonly #failureOf = ({ error, file }: UploadHandle): string => this.#sentence(error, fileWords(file));
  readonly #root: ShadowRoot = this.attachShadow({ mode: 'open' });

  constructor() {
    super();
    this.#root.append(this.#zone.element, this.#unfinished.element, this.#list.element, this.#announcer.region);
    this.#zone.button.addEventListener('click', () => this.#openDialog(undefined));
    this.#zone.input.addEventListener('cancel', () => {
      this.#goingOn = undefined;
    });
  }

  /**
   * The queue behind the element. Default: its own, which uses `transport`, is created when the element enters a page
   * and closed when it leaves. A queue that the page sets is shared and stays open: uploads continue while the page
   * shows something else.
   */
  get uploader(): Uploader | undefined {
    return this.#uploader;
  }

  set uploader(uploader: Uploader | undefined) {
    // Of its own one, setting it would be the end.
    if (uploader !== undefined && uploader === this.#uploader) return;
    this.#accepted = undefined;
    this.#setUploader(uploader, false);
    this.#begin();
  }

  /** How the host app is reached. Default: `createHttpTransport(endpoint)`, with `/api/video` when the attribute `endpoint` is absent. */
  get transport(): UploadTransport | undefined {
    return this.#transport;
  }

  set transport(transport: UploadTransport | undefined) {
    this.#transport = transport;
    this.#begin();
  }

  /** Checks files before a ticket is requested. Default: made from the attributes `accept` and `max-size-bytes`. */
  get validator(): Validator | undefined {
    return this.#validator;
  }

  set validator(validator: Validator | undefined) {
    this.#validator = validator;
    this.#begin();
  }

  /** Short strings of the host app, stored with each video: at most 512 bytes as JSON. */
  get custom(): CustomMetadata | undefined {
    return this.#custom;
  }

  set custom(custom: CustomMetadata | undefined) {
    this.#custom = custom;
  }

  /** Texts that replace some or all of the English ones. */
  get texts(): UploaderTextsChange {
    return this.#change;
  }

  set texts(change: UploaderTextsChange) {
    this.#change = change;
    this.#texts = textsWith(change);
    this.#update();
  }

  /** Takes files as if the user had chosen them, for a page that gets them elsewhere, for instance from a camera. */
  addFiles(files: Iterable<File>): void {
    this.#take([...files].map((file) => ({ file, isFolder: false })));
  }

  /** Called by the browser. */
  connectedCallback(): void {
    for (const name of PROPERTIES) upgradeProperty(this, name);
    this.#root.adoptedStyleSheets = [elementStyle(this.ownerDocument)];
    this.#connection?.abort();
    this.#connection = new AbortController();
    const isDisabled = () => this.hasAttribute('disabled');
    const parts = { host: this, zone: this.#zone.element, input: this.#zone.input, isDisabled };
    const { signal } = this.#connection;
    listenForFiles(parts, (files) => this.#take(files), signal);
    // The request for unfinished uploads may have failed without a network.
    window.addEventListener('online', () => this.#lookForUnfinished(), { signal });
    if (this.#unsubscribe === undefined) this.#setUploader(this.#uploader, this.#isOwn);
    this.#begin();
  }

  /** Called by the browser. */
  disconnectedCallback(): void {
    // A framework moves the element by removing and inserting it at once: that must not end its uploads.
    queueMicrotask(() => {
      if (this.isConnected) return;
      this.#connection?.abort();
      if (this.#isOwn) return this.#setUploader(undefined, false);
      // A queue of the page outlives the element, and its listener would keep the element in memory.
      this.#unsubscribe?.();
      this.#unsubscribe = undefined;
    });
  }

  /** Called by the browser. */
  attributeChangedCallback(name: string): void {
    const { settings, problem } = elementSettings(this, this.#settings);
    this.#settings = settings;
    if (UPLOADER_ATTRIBUTES.some((attribute) => attribute === name)) this.#begin();
    if (name === 'context-id') {
      // Earlier changes of the other context's uploads are not reported.
      this.#watch.look(this.#uploads());
      this.#lookForUnfinished();
    }
    this.#update();
    if (problem !== undefined) throw problem;
  }

  /**
   * Makes the queue from the settings. Its modules load after the page, so a framework has time to set all properties; a queue
   * that has uploads is kept.
   */
  #begin(): void {
    this.#isStale = true;
    if (this.isConnected && (this.#uploader === undefined || this.#isOwn || this.#validator !== undefined)) {
      void this.#beginLoaded();
    }
  }

  async #beginLoaded(): Promise<void> {
    const parts = await import('./own-queue.ts').catch(() => undefined);
    if (parts === undefined) {
      // Offline: the next file tries again.
      const say = this.#texts.failures['BACKEND_UNAVAILABLE'] ?? this.#texts.failures.OTHER;
      for (const { file } of this.#early.splice(0)) {
        this.#refuse(file, say({ ...fileWords({ name: file.name, sizeBytes: file.size }), message: '', types: [] }));
      }
      return;
    }
    const isShared = this.#uploader !== undefined && !this.#isOwn;
    const isBusy = this.#isOwn && this.#uploader !== undefined && this.#uploader.uploads.length > 0;
    if (!this.#isStale || !this.isConnected || isBusy) return;
    this.#isStale = false;
    const validator = this.#validator ?? parts.validatorOf(this.#settings);
    if (!isShared) this.#setUploader(parts.ownQueue(this.#settings, validator, this.#transport), true);
    if (!isShared || this.#validator !== undefined) this.#accepted = parts.acceptedFiles(validator);
    this.#update();
    this.#take(this.#early.splice(0));
  }

  #setUploader(uploader: Uploader | undefined, isOwn: boolean): void {
    this.#unsubscribe?.();
    if (this.#isOwn) this.#uploader?.close();
    this.#uploader = uploader;
    this.#isOwn = isOwn;
    this.#unsubscribe = this.isConnected ? uploader?.subscribe(() => this.#onChange()) : undefined;
    this.#watch = new UploadWatch();
    // Earlier changes of a shared queue are not reported.
    this.#watch.look(this.#uploads());
    this.#unfinished.forget();
    this.#lookForUnfinished();
    this.#update();
  }

  /** Those of the element's context; all where it has none. */
  #uploads(): readonly UploadHandle[] {
    const { contextId } = this.#settings;
    const uploads = this.#uploader?.uploads ?? [];
    return contextId === undefined ? uploads : uploads.filter((handle) => handle.contextId === contextId);
  }

  #take(given: readonly GivenFile[]): void {
    const goingOn = this.#goingOn;
    this.#goingOn = undefined;
    if (this.hasAttribute('disabled') || given.length === 0) return;
    const uploader = this.#uploader;
    if (uploader === undefined) {
      this.#early.push(...given);
      this.#begin();
      return;
    }
    const { contextId, maxVideos, maxDurationSeconds } = this.#settings;
    for (const [index, { file, isFolder }] of given.entries()) {
      const words = fileWords({ name: file.name, sizeBytes: file.size });
      if (isFolder) this.#refuse(file, this.#texts.isFolder(words));
      else if (this.#isFull) this.#refuse(file, this.#texts.tooMany({ ...words, maxVideos }));
      else {
        const uploadReference = index === 0 ? goingOn : undefined;
        this.#isTaking = true;
        const options = { contextId, custom: this.#custom, maxDurationSeconds, uploadReference };
        this.#files.set(uploader.upload(file, options), file);
        this.#isTaking = false;
        this.#onChange();
      }
    }
  }

  /** Whether no other video is taken. */
  get #isFull(): boolean {
    const taken = this.#uploads().filter(({ phase }) => phase !== 'failed' && phase !== 'aborted');
    return taken.length >= this.#settings.maxVideos;
  }

  #refuse(file: File, sentence: string): void {
    this.#showRefusal({ file, sentence }, this.#refused);
    this.#emit('file-refused', { file, sentence });
  }

  #showRefusal(refused: RefusedFile, others: readonly RefusedFile[]): void {
    this.#refused = [...others, refused];
    this.#update();
    this.#announcer.say(refused.sentence);
  }

  #dismiss(refused: RefusedFile): void {
    this.#refused = this.#refused.filter((other) => other !== refused);
    this.#update();
    const words = fileWords({ name: refused.file.name, sizeBytes: refused.file.size });
    this.#announcer.say(this.#texts.announceRemoved(words));
  }

  #act(action: FileAction, handle: UploadHandle): void {
    const words = fileWords(handle.file);
    if (action === 'pause') handle.pause();
    else if (action === 'resume' || action === 'retry') handle.resume();
    else if (action === 'cancel') this.#attempt(handle.abort(), words);
    else if (action === 'remove') {
      this.#attempt(this.#uploader?.remove(handle), words);
      this.#announcer.say(this.#texts.announceRemoved(words));
    } else {
      const other = neighbour(handle, this.#uploads(), action);
      if (other === undefined || this.#uploader === undefined) return;
      this.#uploader.moveTo(handle, this.#uploader.uploads.indexOf(other));
      const waiting = this.#uploads().filter(({ phase }) => phase === 'waiting');
      this.#announcer.say(
        this.#texts.announceMoved({ ...words, place: waiting.indexOf(handle) + 1, count: waiting.length }),
      );
    }
  }

  /** Announces a refusal: a row that was removed cannot show it. */
  #attempt(work: Promise<void> | undefined, words: FileWords): void {
    work?.catch((error: unknown) => this.#announcer.say(this.#sentence(error, words)));
  }

  /** After each change of the uploads: shows it, announces it, then dispatches events. */
  #onChange(): void {
    if (this.#isTaking) return;
    // Applies settings that changed while the queue had uploads.
    if (this.#isStale && this.#uploader?.uploads.length === 0) this.#begin();
    const changes = this.#watch.look(this.#uploads());
    this.#update();
    for (const change of changes) this.#announcer.say(announcement(change, this.#texts, this.#failureOf));
    for (const change of changes) if (change.kind === 'phase') this.#report(change.handle, change.isNew);
    if (changes.some(({ kind, handle }) => kind === 'phase' && OVER.has(handle.phase))) this.#lookForUnfinished();
  }

  #report(handle: UploadHandle, isNew: boolean): void {
    const { phase, video, error } = handle;
    if (isNew) this.#emit('upload-started', { handle, file: this.#files.get(handle) });
    if (phase === 'ready' && video !== undefined) this.#emit('upload-ready', { handle, video });
    if (phase === 'failed') this.#emit('upload-failed', { handle, error, sentence: this.#failureOf(handle) });
    if (phase === 'aborted') this.#emit('upload-cancelled', { handle });
  }

  #emit<Name extends keyof UploaderElementEventMap>(name: Name, detail: UploaderElementEventMap[Name]['detail']): void {
    this.dispatchEvent(new CustomEvent(name, { detail, bubbles: true, composed: true }));
  }

  #sentence(error: unknown, words: FileWords): string {
    return failureSentence(error, { ...words, types: this.#accepted?.types ?? [] }, this.#texts);
  }

  #openDialog(uploadReference: string | undefined): void {
    this.#goingOn = uploadReference;
    this.#zone.input.multiple = uploadReference === undefined && this.#settings.maxVideos > 1;
    this.#zone.input.click();
  }

  #lookForUnfinished(): void {
    this.#unfinished.ask(this.isConnected ? this.#uploader : undefined);
  }

  async #discard(unfinished: Unfinished): Promise<void> {
    const { uploadReference, fileName: name, sizeBytes: size } = unfinished;
    const others = () => this.#refused.filter((refused) => refused.uploadReference !== uploadReference);
    await this.#uploader?.discard(uploadReference).then(
      () => {
        this.#refused = others();
        this.#update();
      },
      (error: unknown) => {
        const sentence = this.#sentence(error, unfinished);
        this.#showRefusal({ file: { name, size }, sentence, uploadReference }, others());
      },
    );
    this.#lookForUnfinished();
  }

  #update(): void {
    keepFocus(this.#root, () => this.#draw(), this.#zone.button);
  }

  #draw(): void {
    const texts = this.#texts;
    const uploads = this.#uploads();
    const isDisabled = this.hasAttribute('disabled');
    const { maxVideos, accept, contextId } = this.#settings;
    this.#zone.show({ isSingle: maxVideos === 1, isDisabled, accept, accepted: this.#accepted }, texts);
    const known = new Set(uploads.map(({ uploadReference }) => uploadReference));
    const unfinished = this.#unfinished.of(contextId).filter(({ uploadReference }) => !known.has(uploadReference));
    const described = unfinished.map(({ uploadReference, fileName: name, sizeBytes }) => ({
      uploadReference,
      ...fileWords({ name, sizeBytes }),
    }));
    this.#unfinished.show(described, texts, isDisabled);
    this.#list.show(
      { uploads, refused: this.#refused, types: this.#accepted?.types ?? [], isFull: this.#isFull },
      texts,
    );
  }
}
