/** Lets everything that waits for nothing but the loop run on; more rounds than any chain of promises here has. */
export async function turned(): Promise<void> {
  for (let round = 0; round < 30; round += 1) await new Promise((resolve) => setImmediate(resolve));
}
