import fc from 'fast-check';
import type { Ending } from './interleaving.ts';

/** What processes, browsers and viewers do at the same time. */
export type Action = 'confirm' | 'accept' | 'abort' | 'delete' | 'sweep' | 'replay' | 'play';
/** Bytes that determine the result of the probe: the first letter decides, the digit is the play time. */
export type Content = 'good-1' | 'good-2' | 'poor-3' | 'vague4';

/** One case of the model. */
export interface ModelCase {
  /** Forms or parts. */
  readonly protocol: 'form' | 'parts';
  /** What the browser sends first. */
  readonly sent: Content;
  /** What it sends again later. */
  readonly replayed: Content;
  /** The actions that begin together. */
  readonly actions: readonly Action[];
  /**
   * Which of the waiting operations continues, and how it ends. After the end of this list, always the first one, without a
   * fault.
   */
  readonly schedule: readonly { readonly index: number; readonly ending: Ending }[];
  /** How often a purge must be requested until it is done. */
  readonly purgeAsks: number;
}

const actions: readonly Action[] = [
  'confirm',
  'accept',
  'abort',
  'delete',
  'delete',
  'sweep',
  'replay',
  'replay',
  'play',
];
const contents: fc.Arbitrary<Content> = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom<Content>('good-1', 'good-2') },
  { weight: 1, arbitrary: fc.constantFrom<Content>('poor-3', 'vague4') },
);
const endings: readonly Ending[] = ['crash-before', 'crash-after', 'lost-answer', 'unavailable'];

/** Two confirms and something else at once, in any order, a few of their operations ending badly. */
export const modelCases: fc.Arbitrary<ModelCase> = fc.record({
  protocol: fc.constantFrom('form', 'parts'),
  sent: contents,
  replayed: contents,
  actions: fc
    .array(fc.constantFrom(...actions), { minLength: 1, maxLength: 4 })
    .map((more): readonly Action[] => ['confirm', 'confirm', ...more]),
  schedule: fc.array(
    fc.record({
      index: fc.nat({ max: 59 }),
      ending: fc.oneof(
        { weight: 30, arbitrary: fc.constant<Ending>('done') },
        { weight: 1, arbitrary: fc.constantFrom(...endings) },
      ),
    }),
    // Always long: a short schedule would run most of the operations one after another.
    { minLength: 100, maxLength: 100 },
  ),
  purgeAsks: fc.constantFrom(1, 2),
});
