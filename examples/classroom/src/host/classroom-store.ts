import type { Kysely } from 'kysely';
import { z } from 'zod';

/** An assignment that a teacher sets. Videos may be submitted and replaced until it is due. */
export const assignmentSchema: z.ZodType<{ title: string; dueAt: string }> = z.strictObject({
  title: z.string().trim().min(1, 'Please enter a title.').max(80, 'Please enter a shorter title.'),
  dueAt: z.iso.datetime('Please choose a day and a time.').transform((text) => new Date(text).toISOString()),
});

type Tables = {
  readonly assignments: { readonly id: string; readonly title: string; readonly dueAt: string };
  readonly posters: { readonly videoId: string; readonly jpeg: Uint8Array };
};

/** The classroom's own data, in the same database as the videos' records: assignments and posters. */
export class ClassroomStore {
  readonly #database: Kysely<Tables>;

  private constructor(database: Kysely<Tables>) {
    this.#database = database;
  }

  /** Creates the tables; the first time with some assignments. */
  static async open(database: Kysely<unknown>): Promise<ClassroomStore> {
    const table = (name: string) => database.schema.createTable(name).ifNotExists();
    const assignments = table('assignments').addColumn('id', 'text', (id) => id.primaryKey());
    await assignments.addColumn('title', 'text').addColumn('dueAt', 'text').execute();
    const posters = table('posters').addColumn('videoId', 'text', (id) => id.primaryKey());
    await posters.addColumn('jpeg', 'blob').execute();
    const store = new ClassroomStore(database.withTables<Tables>());
    const inDays = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString();
    if ((await store.assignments()).length === 0) {
      await store.putAssignment('place', { title: 'Show us a place you like', dueAt: inDays(7) });
      await store.putAssignment('experiment', { title: 'Explain an experiment in two minutes', dueAt: inDays(2) });
      await store.putAssignment('hello', { title: 'Introduce yourself', dueAt: inDays(-1) });
    }
    return store;
  }

  /** All assignments, ordered by deadline. */
  assignments(): Promise<readonly Tables['assignments'][]> {
    return this.#database.selectFrom('assignments').selectAll().orderBy('dueAt').execute();
  }

  /** Whether videos may be submitted and replaced now. */
  async isOpen(id: string): Promise<boolean> {
    return (await this.assignments()).some((one) => one.id === id && Date.parse(one.dueAt) > Date.now());
  }

  /** Creates or changes an assignment. */
  async putAssignment(id: string, row: z.infer<typeof assignmentSchema>): Promise<void> {
    const insert = this.#database.insertInto('assignments').values({ id, ...row });
    await insert.onConflict((conflict) => conflict.column('id').doUpdateSet(row)).execute();
  }

  /** A picture of a video, which its uploader's browser drew. */
  async poster(videoId: string): Promise<Uint8Array | undefined> {
    const query = this.#database.selectFrom('posters').select('jpeg').where('videoId', '=', videoId);
    return (await query.executeTakeFirst())?.jpeg;
  }

  /** Keeps the first picture of a video. */
  async putPoster(videoId: string, jpeg: Uint8Array): Promise<void> {
    const insert = this.#database.insertInto('posters').values({ videoId, jpeg });
    await insert.onConflict((conflict) => conflict.doNothing()).execute();
  }

  /** Removes the picture of a deleted video. */
  async deletePoster(videoId: string): Promise<void> {
    await this.#database.deleteFrom('posters').where('videoId', '=', videoId).execute();
  }
}
