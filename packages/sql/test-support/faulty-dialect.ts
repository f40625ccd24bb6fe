import type { CompiledQuery, DatabaseConnection, Dialect, Driver, QueryResult } from 'kysely';

/** Faults of a connection, in the order in which they occur. */
export interface ConnectionFaults {
  /** Thrown by the next statements instead of running them; a promise is awaited first. */
  readonly statements: unknown[];
  /** Thrown by the next commits after they have taken effect, as if the answer were lost. */
  readonly commits: unknown[];
}

/** A dialect whose connections fail on demand. */
export function faultyDialect(sound: Dialect, faults: ConnectionFaults): Dialect {
  return {
    createAdapter: () => sound.createAdapter(),
    createQueryCompiler: () => sound.createQueryCompiler(),
    createIntrospector: (database) => sound.createIntrospector(database),
    createDriver: () => faultyDriver(sound.createDriver(), faults),
  };
}

function faultyDriver(sound: Driver, faults: ConnectionFaults): Driver {
  const connections = new Map<DatabaseConnection, DatabaseConnection>();
  const soundOf = (faulty: DatabaseConnection) => [...connections].find(([, other]) => other === faulty)?.[0] ?? faulty;
  return {
    init: () => sound.init(),
    acquireConnection: async () => {
      const connection = await sound.acquireConnection();
      const faulty = connections.get(connection) ?? faultyConnection(connection, faults);
      connections.set(connection, faulty);
      return faulty;
    },
    beginTransaction: (connection, settings) => sound.beginTransaction(soundOf(connection), settings),
    commitTransaction: async (connection) => {
      await sound.commitTransaction(soundOf(connection));
      await throwNext(faults.commits);
    },
    rollbackTransaction: async (connection) => {
      try {
        await sound.rollbackTransaction(soundOf(connection));
      } catch (error) {
        // After a commit there is nothing to roll back; a driver whose connection is gone fails in the same way.
        if (!/no transaction is active/.test(String(error))) throw error;
      }
    },
    releaseConnection: (connection) => sound.releaseConnection(soundOf(connection)),
    destroy: () => sound.destroy(),
  };
}

function faultyConnection(sound: DatabaseConnection, faults: ConnectionFaults): DatabaseConnection {
  return {
    executeQuery: async <Row>(query: CompiledQuery): Promise<QueryResult<Row>> => {
      await throwNext(faults.statements);
      return await sound.executeQuery<Row>(query);
    },
    streamQuery: (query, size) => sound.streamQuery(query, size),
  };
}

async function throwNext(faults: unknown[]): Promise<void> {
  const fault = await faults.shift();
  if (fault !== undefined) throw fault;
}
