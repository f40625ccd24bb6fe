/** Waits for something, but not for ever, so that its failure has a name, and is not only the timeout of a whole test. */
export async function inTime(failure: string, pending: Promise<unknown> | undefined, seconds = 60): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(failure)), seconds * 1000);
  });
  await Promise.race([pending, late]).finally(() => clearTimeout(timer));
}
