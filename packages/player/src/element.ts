import { definePlayerElement } from './element/define-player-element.ts';

export type {
  EndedByHostDetail,
  PlayerElementEventMap,
  RenewedDetail,
  SeenUntilDetail,
} from './element/player-element-events.ts';
export { ENGLISH_TEXTS, type PlayerTexts } from './element/player-texts.ts';
export { VideoStoragePlayerElement } from './element/video-storage-player-element.ts';
export { definePlayerElement };

definePlayerElement();
