import { multipartCases } from './multipart-cases.ts';
import { objectCases } from './object-cases.ts';
import { postCases } from './post-cases.ts';
import type { S3Case } from './s3-case.ts';

/** What Amazon S3 does by its documentation, and every replacement of it must do. */
export const s3Cases: readonly S3Case[] = [...postCases, ...objectCases, ...multipartCases];
