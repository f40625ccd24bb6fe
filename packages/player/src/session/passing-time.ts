/**
 * Milliseconds that have passed, from two clocks, of which each has an error: the date can be set back, and the time since
 * the page began stands still on some systems while the computer sleeps. The longer of the two steps counts, so that the
 * result never goes back and misses no sleep; setting the date forward counts as a sleep, so that grants are renewed early.
 */
export function passingTime(date: () => number, sinceStart: () => number): () => number {
  let [lastDateMs, lastStartMs, passedMs] = [date(), sinceStart(), 0];
  return () => {
    const [dateMs, startMs] = [date(), sinceStart()];
    const steps = [dateMs - lastDateMs, startMs - lastStartMs].filter((stepMs) => Number.isFinite(stepMs));
    if (Number.isFinite(dateMs)) lastDateMs = dateMs;
    if (Number.isFinite(startMs)) lastStartMs = startMs;
    passedMs += Math.max(0, ...steps);
    return passedMs;
  };
}
