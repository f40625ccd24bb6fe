export { migrateVideoTables } from './migrate-video-tables.ts';
export { type NodeSqliteDialectOptions, nodeSqliteDialect } from './node-sqlite-dialect.ts';
export type { UserUsageQuery } from './record-counts.ts';
export { SqlEventLog, type SqlEventLogOptions } from './sql-event-log.ts';
export type { SqlFamily } from './sql-family.ts';
export type { AnyKysely, SqlStoreOptions } from './sql-store-options.ts';
export { SqlVideoRecords } from './sql-video-records.ts';
