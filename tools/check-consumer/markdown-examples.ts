/** A block of TypeScript in a Markdown file. */
export interface MarkdownExample {
  /** Line of the first line of code, counted from 1. */
  readonly line: number;
  readonly code: string;
  /** True for "```ts run": it is executed, not only type-checked. */
  readonly isRun: boolean;
  /** True for "```tsx": it has elements of React in it, and is for a bundler. */
  readonly isReact: boolean;
}

/** All blocks that are fenced as `ts` or `tsx`, in their order. */
export function markdownExamples(markdown: string): readonly MarkdownExample[] {
  return [...markdown.matchAll(/^```ts(?<info>[^\n]*)\n(?<code>[\s\S]*?)^```\s*$/gm)].map((match) => ({
    line: markdown.slice(0, match.index).split('\n').length + 1,
    code: match.groups?.['code'] ?? '',
    isRun: match.groups?.['info']?.trim() === 'run',
    isReact: match.groups?.['info']?.trim() === 'x',
  }));
}
