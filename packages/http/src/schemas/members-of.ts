import type { z } from 'zod';

/**
 * A schema for each member of a wire type, optional ones too: without one it does not compile, since the strict schema would
 * refuse the member.
 */
export type MembersOf<T> = Readonly<Record<keyof T, z.ZodType>>;
