import type { UploadTicket, VideoStatus } from '@videostorage/core';
import { foldText, recordUsage, type VideoRecord } from '@videostorage/service';
import { z } from 'zod';
import { readRow, storedInteger, storedJson, storedNumber, storedTime } from './stored-value.ts';
import type { VideoRow } from './video-tables.ts';

const statuses = [
  'pending',
  'processing',
  'ready',
  'failed',
  'expired',
  'deleting',
  'deleted',
] as const satisfies readonly VideoStatus[];

const ids = { videoId: z.string(), uploadReference: z.string(), expiresAt: z.string() };
const bytes = z.number().int();
const ticketSchema: z.ZodType<UploadTicket> = z.discriminatedUnion('protocol', [
  z.object({
    ...ids,
    protocol: z.literal('tus'),
    url: z.string(),
    chunk: z.object({ minBytes: bytes, maxBytes: bytes, multipleOf: bytes }),
  }),
  z.object({
    ...ids,
    protocol: z.literal('post'),
    url: z.string(),
    fields: z.record(z.string(), z.string()),
    fileField: z.string(),
  }),
  z.object({ ...ids, protocol: z.literal('multipart'), partSizeBytes: bytes, partCount: bytes }),
]);

const text = z.string();
const textOrNull = text.nullable();

const rowSchema: z.ZodType<VideoRecord> = z
  .object({
    id: text,
    version: storedInteger,
    status_version: storedInteger,
    backend_name: text,
    video_id: textOrNull,
    upload_reference: textOrNull,
    ticket: storedJson(ticketSchema).nullable(),
    user_id: text,
    context_id: textOrNull,
    tenant_id: textOrNull,
    submission_id: textOrNull,
    idempotency_key: textOrNull,
    status: z.enum(statuses),
    file_name: text,
    mime_type: text,
    size_bytes: storedInteger,
    max_duration_seconds: storedNumber.nullable(),
    duration_seconds: storedNumber.nullable(),
    width_pixels: storedInteger.nullable(),
    height_pixels: storedInteger.nullable(),
    codec: textOrNull,
    revision: textOrNull,
    custom: storedJson(z.record(z.string(), z.string())),
    error_code: textOrNull,
    error_message: textOrNull,
    created_at: storedTime,
    expires_at: storedTime,
    uploaded_at: storedTime.nullable(),
    deleted_at: storedTime.nullable(),
    notified_at: storedTime.nullable(),
    due_at: storedTime.nullable(),
    retained: storedInteger,
    erasing: storedInteger,
  })
  .transform((row) => ({
    id: row.id,
    version: row.version,
    statusVersion: row.status_version,
    backendName: row.backend_name,
    videoId: row.video_id,
    uploadReference: row.upload_reference,
    ticket: row.ticket,
    userId: row.user_id,
    contextId: row.context_id,
    tenantId: row.tenant_id,
    submissionId: row.submission_id,
    idempotencyKey: row.idempotency_key,
    status: row.status,
    fileName: row.file_name,
    mimeType: row.mime_type,
    sizeBytes: row.size_bytes,
    maxDurationSeconds: row.max_duration_seconds,
    durationSeconds: row.duration_seconds,
    widthPixels: row.width_pixels,
    heightPixels: row.height_pixels,
    codec: row.codec,
    revision: row.revision,
    custom: row.custom,
    errorCode: row.error_code,
    errorMessage: row.error_message,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
    uploadedAt: row.uploaded_at,
    deletedAt: row.deleted_at,
    notifiedAt: row.notified_at,
    dueAt: row.due_at,
    retained: row.retained !== 0,
    erasing: row.erasing !== 0,
  }));

/** The record of a row. @throws {StoreUnavailableError} the row is not one that this package writes */
export function recordFromRow(row: unknown): VideoRecord {
  return readRow('videostorage_videos', rowSchema, row);
}

/** The row of a record. */
export function rowFromRecord(record: VideoRecord, writtenBy: string): VideoRow {
  const used = recordUsage(record);
  return {
    id: record.id,
    version: record.version,
    written_by: writtenBy,
    status_version: record.statusVersion,
    backend_name: record.backendName,
    video_id: record.videoId,
    upload_reference: record.uploadReference,
    ticket: record.ticket === null ? null : JSON.stringify(record.ticket),
    user_id: record.userId,
    context_id: record.contextId,
    tenant_id: record.tenantId,
    submission_id: record.submissionId,
    idempotency_key: record.idempotencyKey,
    status: record.status,
    file_name: record.fileName,
    file_name_folded: foldText(record.fileName),
    mime_type: record.mimeType,
    size_bytes: record.sizeBytes,
    max_duration_seconds: record.maxDurationSeconds,
    duration_seconds: record.durationSeconds,
    width_pixels: record.widthPixels,
    height_pixels: record.heightPixels,
    codec: withoutNul(record.codec),
    revision: record.revision,
    custom: JSON.stringify(record.custom),
    error_code: record.errorCode,
    error_message: withoutNul(record.errorMessage),
    created_at: Date.parse(record.createdAt),
    expires_at: Date.parse(record.expiresAt),
    uploaded_at: timeOrNull(record.uploadedAt),
    deleted_at: timeOrNull(record.deletedAt),
    notified_at: timeOrNull(record.notifiedAt),
    due_at: timeOrNull(record.dueAt),
    retained: record.retained ? 1 : 0,
    erasing: record.erasing ? 1 : 0,
    used_pending: used.pending,
    used_videos: used.videos,
    used_bytes: used.bytes,
    used_milliseconds: Math.round(used.seconds * 1000),
  };
}

/** PostgreSQL stores no NUL in text, and text from a provider or a file may contain one. */
function withoutNul(text: string | null): string | null {
  return text === null ? null : text.replaceAll('\0', '');
}

function timeOrNull(time: string | null): number | null {
  return time === null ? null : Date.parse(time);
}
