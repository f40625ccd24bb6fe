import { definePlayerElement } from './define-player-element.ts';

export type { MediaElement } from './media-element.ts';
export type {
  EndedByHostDetail,
  PlayerElementEventMap,
  RenewedDetail,
  SeenUntilDetail,
} from './player-element-events.ts';
export { ENGLISH_TEXTS, type PlayerTexts } from './player-texts.ts';
export { VideoStoragePlayerElement } from './video-storage-player-element.ts';
export { definePlayerElement };

definePlayerElement();
