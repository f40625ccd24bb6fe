import type { z } from 'zod';

/**
 * A schema for each member of a wire type, optional ones too: one that the type has and the schema lacks would be refused
 * when it comes, and does not compile.
 */
export type MembersOf<T> = Readonly<Record<keyof T, z.ZodType>>;
