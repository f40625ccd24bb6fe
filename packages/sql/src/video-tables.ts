import type { Generated } from 'kysely';

/** A record as a row; times are milliseconds since the epoch. */
export interface VideoRow {
  /** `VideoRecord.id`. */
  readonly id: string;
  /** The version that a compare-and-set compares. */
  readonly version: number;
  /** Names the transaction that wrote this version, so that a writer whose answer was lost recognises itself. */
  readonly written_by: string;
  readonly status_version: number;
  readonly backend_name: string;
  readonly video_id: string | null;
  readonly upload_reference: string | null;
  /** JSON. */
  readonly ticket: string | null;
  readonly user_id: string;
  readonly context_id: string | null;
  readonly tenant_id: string | null;
  readonly submission_id: string | null;
  readonly idempotency_key: string | null;
  readonly status: string;
  readonly file_name: string;
  /** `foldText` of the name, for searches. */
  readonly file_name_folded: string;
  readonly mime_type: string;
  readonly size_bytes: number;
  readonly max_duration_seconds: number | null;
  readonly duration_seconds: number | null;
  readonly width_pixels: number | null;
  readonly height_pixels: number | null;
  readonly codec: string | null;
  readonly revision: string | null;
  /** JSON. */
  readonly custom: string;
  readonly error_code: string | null;
  readonly error_message: string | null;
  readonly created_at: number;
  readonly expires_at: number;
  readonly uploaded_at: number | null;
  readonly deleted_at: number | null;
  readonly notified_at: number | null;
  readonly due_at: number | null;
  /** 0 or 1. */
  readonly retained: number;
  /** 0 or 1. */
  readonly erasing: number;
  /** The record's share of usage (`recordUsage`), stored so that SQL sums follow the same rule. */
  readonly used_pending: number;
  readonly used_videos: number;
  readonly used_bytes: number;
  readonly used_milliseconds: number;
}

/** The usage of one scope. */
export interface UsageRow {
  readonly scope: string;
  readonly scope_key: string;
  readonly pending: number;
  readonly videos: number;
  readonly bytes: number;
  readonly milliseconds: number;
}

/** When a video without a record was first reported. */
interface UnknownVideoRow {
  readonly backend_name: string;
  readonly video_id: string;
  readonly first_reported_at: number;
}

/** A history entry. */
export interface EventRow {
  readonly id: Generated<number>;
  readonly record_id: string | null;
  readonly sequence: number | null;
  readonly occurrence: number | null;
  readonly at: number;
  readonly event: string;
  readonly outcome: string;
  readonly user_id: string | null;
  readonly role: string | null;
  readonly context_id: string | null;
  readonly error_code: string | null;
  readonly elapsed_ms: number | null;
  readonly personal_digest: string | null;
  readonly previous_hash: string | null;
  readonly hash: string | null;
}

/** All tables of this package; they share a prefix, so that they do not collide with the host app's own. */
export type VideoTables = {
  readonly videostorage_videos: VideoRow;
  readonly videostorage_usage: UsageRow;
  readonly videostorage_unknown_videos: UnknownVideoRow;
  readonly videostorage_events: EventRow;
};
