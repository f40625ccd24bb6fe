/**
 * Milliseconds that have passed, from two clocks that are each wrong in their own way: the date can be turned back, and the
 * time since the page began stands still on some systems while the computer sleeps. Of each step the longer one counts, so
 * that the measure never goes back and misses no sleep; a date that is turned forward counts as a sleep, which renews early.
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
