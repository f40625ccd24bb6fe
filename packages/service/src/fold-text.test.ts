import { expect, test } from 'vitest';
import { foldText, searchWords } from './fold-text.ts';

test.each([
  ['Übung', 'ubung'],
  ['u\u0308\u0301ber', 'uber'],
  ['ΟΔΟΣ', 'οδοσ'],
  ['οδος', 'οδοσ'],
  ['ﬁlm №5', 'film no5'],
  ['日本', '日本'],
])('%j is folded to %j', (text, folded) => {
  expect(foldText(text)).toBe(folded);
});

test.each([
  ['words are separated by any white space', ' Ada\t\n  Film ', ['ada', 'film']],
  ['no word is empty', ' \n ', []],
  ['there are eight words at most', 'a b c d e f g h i', ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h']],
  ['a word of 64 characters is whole', 'x'.repeat(64), ['x'.repeat(64)]],
  ['a longer word is cut', 'x'.repeat(65), ['x'.repeat(64)]],
  ['half of a surrogate pair at the end of a cut word is removed', `${'x'.repeat(63)}😀`, ['x'.repeat(63)]],
  ['a surrogate pair that fits is whole', `${'x'.repeat(62)}😀`, [`${'x'.repeat(62)}😀`]],
  ['a lone surrogate is replaced', '\ud800film', ['\ufffdfilm']],
] as const)('%s', (_what, text, words) => {
  expect(searchWords(text)).toEqual(words);
});
