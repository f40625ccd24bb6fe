import { describeWordSearch } from '../test-support/describe-word-search.ts';
import { sqliteDatabase } from '../test-support/sqlite-database.ts';

describeWordSearch('sqlite', sqliteDatabase);
